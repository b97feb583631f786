import Agent
import Core

/// How the agent is, as `/status`, the probes and the events tell it.
enum StatusView {
    /// The whole of it.
    /// - Parameter principal: who asks, where one is told alone.
    static func json(_ report: AgentReport, for principal: Principal? = nil) -> [UInt8] {
        JSONWriter.object(reservingBytes: 2_048) { json in
            json.member("status", report.state.rawValue)
            json.member("reason", ifPresent: report.reason)
            json.member("since", report.since)
            json.member("boot_id", report.bootID)
            json.member("version", report.version)
            json.member("node", report.node)
            json.member("root", report.root)
            json.member("ruleset", ifPresent: report.ruleset)
            json.member("uptime_s", report.uptime.components.seconds)
            json.member("last_commit_age_ms", commitAge(report))
            json.member("outbox_depth", report.outboxDepth)
            json.member("components", raw: report.componentsJSON)
            guard let principal else { return }
            json.object("principal") { json in
                json.member("name", principal.name)
                json.member("role", principal.role.rawValue)
            }
        }
    }

    private static func commitAge(_ report: AgentReport) -> JSONValue {
        report.commitAge.map { .number(.int($0.microseconds / 1_000)) } ?? .null
    }

    /// What a probe answers.
    static func probe(_ report: AgentReport, isKnown: Bool) -> [UInt8] {
        JSONWriter.object(reservingBytes: 1_024) { json in
            for member in probeMembers(report, isKnown: isKnown) {
                json.member(member.name, raw: member.json)
            }
        }
    }

    /// The members of it.
    /// - Parameter isKnown: whether somebody asks who may know more than what is well and what is
    ///   not.
    static func probeMembers(
        _ report: AgentReport, isKnown: Bool
    ) -> [(name: String, json: [UInt8])] {
        var members = [(name: "status", json: JSONValue.string(report.state.rawValue).encoded())]
        if let reason = isKnown ? report.reason : report.openReason {
            members.append((name: "reason", json: JSONValue.string(reason).encoded()))
        }
        let components = isKnown ? report.componentsJSON : brief(report.componentsJSON)
        members.append((name: "components", json: components))
        return members
    }

    /// What anyone may know of a component, beside `openReason`.
    private static let briefMembers = ["status", "state"]

    private static func brief(_ components: [UInt8]) -> [UInt8] {
        let all = (try? JSONScanner.scan(components))?.object ?? JSONObject()
        return JSONWriter.object { json in
            for component in all.members {
                json.object(component.name) { json in
                    for name in briefMembers {
                        guard let value = component.value[name] else { continue }
                        json.member(name, value)
                    }
                    guard let reason = component.value["reason"],
                        let open = openReason(reason, of: component.name)
                    else { return }
                    json.member("reason", open)
                }
            }
        }
    }

    /// Why a component is not well, as anyone may know it; nil where that is not for everybody.
    private static func openReason(_ reason: JSONValue, of component: String) -> JSONValue? {
        switch component {
        // What is wrong with the rule files has lines of them in it.
        case "mind": .string(AgentReport.openRulesFault)
        // What SQLite says of the disk.
        case "store": .string(AgentReport.openStoreFault)
        // These name files of secrets: of the token for the broker, of certificates and their
        // keys. So does why the link was lost, `last_reason`, which is no brief member.
        case "broker", "api": nil
        case _: reason
        }
    }
}
