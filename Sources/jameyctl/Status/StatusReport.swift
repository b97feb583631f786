import Core

/// How the agent is, for a person in 80 columns, or as it was answered.
///
/// ```
/// edge-1 is degraded since 2026-03-01 12:00:00: store: the disk is full
/// version    3.0.0, up for 2h3m, boot 0f1e2d3c4b5a6978
/// rules      3f9a1c77e021
/// asked as   uid:1000, admin
///
/// broker   ok        up for 2h3m
/// store    degraded  the disk is full; event 12345, durability power
/// ```
struct StatusReport: Report {
    private static let nameColumns = 9
    private static let stateColumns = 10
    private static let factColumns = 11
    private static let nodeColumns = 32

    let json: [UInt8]
    private let status: JSONValue
    private let paint: Paint

    /// - Throws: where it is no status.
    init(_ answer: DaemonAnswer, paint: Paint = Paint()) throws(Ending) {
        status = try answer.json()
        guard status["status"]?.string != nil, status["components"]?.object != nil else {
            throw DaemonAnswer.foreign
        }
        json = answer.body
        self.paint = paint
    }

    private var state: String { status["status"]?.string ?? "" }
    var isOnline: Bool { state == "online" }

    var lines: [String] {
        var lines = headline
        lines += facts.flatMap { name, text in
            (name.padded(to: Self.factColumns) + text.printable)
                .wrapped(hanging: Self.factColumns)
        }
        lines.append("")
        for member in status["components"]?.object?.members ?? [] {
            lines += line(ComponentStatus(name: member.name, members: member.value))
        }
        return lines
    }

    private var headline: [String] {
        let node = (status["node"]?.string ?? "the agent").printable.fitted(to: Self.nodeColumns)
        let since = status["since"]?.dayAndTime.map { " since \($0)" } ?? ""
        let reason = status["reason"]?.string.map { ": \($0.printable)" } ?? ""
        let head = "\(node) is "
        let state = self.state.printable.fitted(to: Self.stateColumns)
        var lines = (head + state + since + reason).wrapped(hanging: 2)
        let rest = lines[0].dropFirst(head.count + state.count)
        lines[0] = head + paint(isOnline ? .green : .red, state) + rest
        return lines
    }

    private var facts: [(name: String, text: String)] {
        var facts: [(name: String, text: String)] = []
        var build = status["version"]?.string ?? "unknown"
        if let uptime = status["uptime_s"]?.int { build += ", up for \(Self.text(uptime))" }
        if let boot = status["boot_id"]?.string { build += ", boot \(boot)" }
        facts.append(("version", build))
        facts.append(("rules", status["ruleset"]?.string?.shortDigest ?? "none in force"))
        if let depth = status["outbox_depth"]?.int { facts.append(("outbox", "\(depth) wait")) }
        if let age = status["last_commit_age_ms"]?.int {
            facts.append(("committed", "\(Duration.milliseconds(age).text) ago"))
        }
        if let name = status["principal"]?["name"]?.string {
            let role = status["principal"]?["role"]?.string.map { ", \($0)" } ?? ""
            facts.append(("asked as", name + role))
        }
        return facts
    }

    private func line(_ component: ComponentStatus) -> [String] {
        let name = component.name.printable.fitted(to: Self.nameColumns - 1)
            .padded(to: Self.nameColumns)
        let state = component.state.printable.fitted(to: Self.stateColumns - 1)
        let head = name + state.padded(to: Self.stateColumns)
        let text = component.summary.printable
        guard !text.isEmpty else { return [name + paint(component.colour, state)] }
        var lines = (head + text).wrapped(hanging: head.terminalColumns)
        let rest = lines[0].dropFirst(name.count + state.count)
        lines[0] = name + paint(component.colour, state) + rest
        return lines
    }

    /// Whole seconds: `2h3m`
    static func text(_ seconds: Int64) -> String { Duration.seconds(seconds).text }
}
