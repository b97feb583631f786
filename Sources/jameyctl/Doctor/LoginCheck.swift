import Core

/// Whether the broker lets the agent in, and to what it wants to hear, while no agent runs to say
/// so: `jameyd --try-login` logs in as the agent would, under another client identifier.
struct LoginCheck {
    private static let login = "broker.login"
    private static let access = "broker.acl"

    let configuration: String
    /// Stands in for what systemd hands over to the service.
    let credentials: String
    /// nil: it is nowhere.
    let daemon: String?

    func findings() -> [Finding] {
        guard let daemon else {
            return Self.unchecked(
                "jameyd is neither beside jameyctl nor in PATH", do: "install jameyd")
        }
        let run = ProgramRun(
            daemon, ["--try-login", "--config", configuration],
            environment: ["CREDENTIALS_DIRECTORY": credentials])
        guard let run else {
            return Self.unchecked("\(daemon) cannot be run", do: "install jameyd again")
        }
        return findings(run.end, run.lines)
    }

    /// What jameyd has come to.
    func findings(_ end: ProgramRun.End, _ lines: [String]) -> [Finding] {
        // What else it or a library has to say goes to the same pipe, and may come behind.
        let reports = lines.reversed().lazy.compactMap { LoginReport(json: Array($0.utf8)) }
        if end == .exited(0), let report = reports.first { return Self.findings(report) }
        if end == .late {
            return Self.unchecked(
                "jameyd --try-login has not come to an end within "
                    + "\(Limits.programTimeMax.components.seconds) s",
                do: "run it by hand: jameyd --try-login --config \(configuration)",
                details: lines)
        }
        if ConfigurationCheck.isHidden(lines) {
            var finding = Finding.hidden(
                Self.login, "not checked: this account may not read what \(configuration) names")
            finding.details = lines
            return [finding, Self.unasked]
        }
        return Self.unchecked(
            "jameyd has not logged in",
            do: "correct what it tells of, and run doctor again", details: lines)
    }

    /// Neither was looked at.
    static func unchecked(
        _ reason: String, do advice: String, details: [String] = []
    ) -> [Finding] {
        var finding = Finding.warning(login, "not checked: \(reason)", do: advice)
        finding.details = details
        return [finding, unasked]
    }

    private static let unasked = Finding.warning(
        access, "not checked: nobody has logged in to the broker", do: "see broker.login")

    // MARK: What the broker has said

    private static func findings(_ report: LoginReport) -> [Finding] {
        switch report.outcome {
        case .accepted(let subscriptions):
            return [
                .ok(login, "the broker lets the agent's account in, as \(report.clientID)"),
                finding(subscriptions, lacksRules: report.lacksRules),
            ]
        case .refused(let code, let reason):
            return [
                .error(
                    login, "the broker does not let the agent's account in: \(reason)",
                    do: advice(on: code, as: report.clientID)), unasked,
            ]
        case .failed(let reason):
            return [
                .error(
                    login, "the broker does not answer a login: \(reason)",
                    do: "look into the broker's log"), unasked,
            ]
        case .withheld(let reason):
            return unchecked("\(reason), and the agent does not show it", do: "see broker.token")
        }
    }

    private static func finding(
        _ subscriptions: LoginReport.Subscriptions, lacksRules: Bool
    ) -> Finding {
        switch subscriptions {
        case .answered(let count, 0, _) where lacksRules:
            return .warning(
                access,
                "the broker has taken \(counted(count, "subscription")) of the agent; those of its "
                    + "rules are not among them, since the rules cannot be read",
                do: "see the findings about the configuration, and run doctor again")
        case .answered(let count, 0, _):
            return .ok(
                access,
                "the broker has taken \(counted(count, "subscription")) of the agent. Whether it "
                    + "sends what is asked for is not known (acl_file of mosquitto takes every "
                    + "subscription), nor what the agent may publish: nothing was")
        case .answered(_, let refused, let named):
            return DaemonCheck.unsubscribed(
                named, more: refused - named.count, then: "systemctl start jameyd")
        case .unanswered(let reason):
            return .error(
                access, "the broker does not answer the agent's subscriptions: \(reason)",
                do: "look into the broker's log, and into its access control list: some brokers "
                    + "end the connection of whoever asks for what they refuse")
        case .unasked(let reason):
            return .warning(
                access, "not checked: \(reason)",
                do: "start the agent (systemctl start jameyd), and run doctor again: it tells what "
                    + "it is refused")
        }
    }

    /// What to do about a reason code of CONNACK (MQTT 5.0, section 3.2.2.2).
    static func advice(on code: UInt8, as clientID: String) -> String {
        switch code {
        case 0x84: "the broker speaks another version of MQTT: set broker.protocol to 3.1.1"
        case 0x85:
            "the broker takes other client identifiers: correct broker.client_id, or allow "
                + "\(clientID) for doctor"
        // mosquitto says the second for a wrong password, too.
        case 0x86, 0x87:
            "correct broker.username and what is in broker.password_file (for mosquitto: "
                + "mosquitto_passwd); where these are right, let this account in, also as "
                + clientID
        case 0x88, 0x89: "the broker is not ready, or has too much to do: run doctor again later"
        case 0x8A: "the broker has banned this client: see its list of these"
        case 0x8C: "the broker wants another way of authentication than username and password"
        case 0x97, 0x9F:
            "the broker has too many connections, or new ones too fast: raise its limit (for "
                + "mosquitto: max_connections), and look who else comes with this account"
        case 0x9C, 0x9D: "the broker is elsewhere now: set broker.host to its new place"
        case _: "look into the broker's log"
        }
    }
}
