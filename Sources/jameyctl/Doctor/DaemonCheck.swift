import Core

/// How the agent that runs is, by its own word.
struct DaemonCheck {
    /// What was heard of it, for other checks.
    struct Heard: Equatable {
        var presence: Presence
        var version: String?
        var clockSkew: Duration?
    }

    /// Whether an agent is there to say what the broker lets it do.
    enum Presence: Equatable {
        /// It has said so.
        case heard
        /// It may run, and has not said so: why.
        case unheard(String)
        /// Nobody takes connections there.
        case away
    }

    private static let check = "daemon"
    private static let access = "broker.acl"

    let client: DaemonClient
    /// Where the rules are that it should have.
    let ruleDirectory: String

    func findings() -> (findings: [Finding], heard: Heard) {
        let status: JSONValue
        do throws(Ending) { status = try client.get("/status").json() } catch {
            return (
                [Self.unheard(error, at: client.place)],
                Heard(presence: Self.isAway(error) ? .away : .unheard("the agent was not heard"))
            )
        }
        var heard = Heard(presence: .heard, version: status["version"]?.string)
        var found = [state(status)] + components(status)
        var hasMetrics = false
        // An agent that is heard tells its numbers too, unless the key is a lesser one.
        if let answer = try? client.get("/metrics") {
            let told = MetricText(answer.body)
            hasMetrics = true
            heard.clockSkew = told["jamey_clock_skew_seconds"].map {
                Duration.microseconds(Int64(near: $0 * 1_000_000))
            }
            found += dropped(told)
        }
        if !found.contains(where: { $0.check == Self.access }) {
            found.append(granted(status, hasMetrics: hasMetrics))
        }
        return (found, heard)
    }

    /// - Parameter ending: why the agent was not heard.
    static func unheard(_ ending: Ending, at place: DaemonPlace) -> Finding {
        let lines = (ending.text ?? "").split(separator: "\n").map(String.init)
        var message = lines.first ?? "it was not heard"
        let prefix = "jameyctl: "
        if message.hasPrefix(prefix) { message.removeFirst(prefix.count) }
        // What stands behind is advice to whoever asked for something else.
        if let end = message.firstRange(of: "; ") {
            message.removeSubrange(end.lowerBound..<message.endIndex)
        }
        if ending.code == Exit.permission {
            return ending.isLasting
                ? .warning(check, message, do: "name a file with another key by --key-file")
                : .hidden(check, message)
        }
        return .error(
            check, message, do: advice(on: ending, at: place), details: Array(lines.dropFirst()))
    }

    /// What has answered may be an agent, whatever it has said.
    static func isAway(_ ending: Ending) -> Bool {
        ending.code == Exit.unavailable && !ending.isLasting
    }

    private static func advice(on ending: Ending, at place: DaemonPlace) -> String {
        switch ending.code {
        case Exit.unavailable where ending.isLasting:
            "look who answers at \(place) (ss -lptx), or name the agent's place with --socket, or "
                + "--url and --ca"
        case Exit.tryAgain:
            "it is there and does not answer, or not now: run doctor again, and where that stays "
                + "so see journalctl -u jameyd, then systemctl restart jameyd"
        case Exit.software: "journalctl -u jameyd says why"
        case _: "systemctl start jameyd; where it ends again, journalctl -u jameyd says why"
        }
    }

    private func state(_ status: JSONValue) -> Finding {
        let state = status["status"]?.string ?? "unknown"
        let node = status["node"]?.string ?? "the agent"
        let since = status["since"]?.dayAndTime.map { " since \($0)" } ?? ""
        let reason = status["reason"]?.string.map { ": \($0)" } ?? ""
        let text = "\(node) is \(state)\(since)\(reason)"
        switch state {
        case "online": return .ok(Self.check, text)
        case "starting":
            return .warning(
                Self.check, text + "; it is online once the broker has taken its subscriptions",
                do: "see the findings about the broker")
        case _: return .error(Self.check, text, do: "see the findings about its parts")
        }
    }

    // MARK: Parts

    private func components(_ status: JSONValue) -> [Finding] {
        (status["components"]?.object?.members ?? []).flatMap { member -> [Finding] in
            let component = ComponentStatus(name: member.name, members: member.value)
            let refused = member.value["refused_filters"]?.array ?? []
            if member.name == "broker", !refused.isEmpty {
                return [
                    Self.unsubscribed(
                        refused.compactMap(\.string), then: "systemctl reload jameyd")
                ]
            }
            // What nobody wants is as it should be.
            guard component.state != "ok", component.state != "disabled" else { return [] }
            return [
                .error(
                    "daemon.\(member.name)", "it is \(component.state): \(component.summary)",
                    do: advice(for: member.name))
            ]
        }
    }

    /// - Parameters:
    ///   - more: so many others that have no name here.
    ///   - step: what to do once the broker allows them.
    static func unsubscribed(_ filters: [String], more: Int = 0, then step: String) -> Finding {
        var names = filters.joined(separator: ", ")
        if more > 0 { names += filters.isEmpty ? "\(more) filters" : " and \(more) more" }
        return .error(
            access,
            "the broker lets the agent not subscribe to \(names): it hears nothing of that",
            do: "allow its account to read these topics in the broker's access control list (see "
                + "etc/mosquitto/jamey.acl), then \(step)")
    }

    private func dropped(_ metrics: MetricText) -> [Finding] {
        guard let count = metrics["jamey_publications_dropped_total"], count > 0 else { return [] }
        return [
            .warning(
                Self.access,
                "the broker has refused \(Int64(near: count)) publications since the agent "
                    + "started: whoever waits for these waits in vain",
                do: "see PUBLISH_REFUSED in journalctl -u jameyd; allow the agent's account to "
                    + "write to these topics")
        ]
    }

    /// Neither login nor access control list were looked at.
    static func unchecked(_ reason: String) -> Finding {
        .warning(
            access,
            "not checked: \(reason), and doctor itself logs in to the broker only while no agent "
                + "runs",
            do: "see the findings about the agent and the broker; or stop the agent (systemctl "
                + "stop jameyd), and run doctor again")
    }

    private func granted(_ status: JSONValue, hasMetrics: Bool) -> Finding {
        guard status["components"]?["broker"]?["status"]?.string == "ok" else {
            return Self.unchecked("the agent is not connected")
        }
        return .ok(
            Self.access,
            "the broker has let the agent in, and has refused none of its subscriptions"
                + (hasMetrics ? " or publications" : ""))
    }

    private func advice(for component: String) -> String {
        switch component {
        case "broker":
            "see the findings about the broker; is the password right (broker.username, "
                + "broker.password_file)?"
        case "store": "look at the disk: df -h, journalctl -k"
        case "mind": "jameyctl rules check \(ruleDirectory), and then jameyctl reload"
        case "outbox": "the broker confirms nothing: look into its log"
        case "api": "look at http in the configuration, and who else has these addresses (ss -ltnp)"
        case _: "journalctl -u jameyd"
        }
    }
}
