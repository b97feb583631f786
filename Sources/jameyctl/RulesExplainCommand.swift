import ArgumentParser
import Core
import Mind
import Proof

/// `jameyctl rules explain`
struct RulesExplainCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Shows what the rules make of one message, rule by rule.",
        discussion: """
            For each route of the topic: which rules would be asked and by which term that is \
            known, what each term of their conditions gives, and what follows. Nothing was heard \
            before, so windows hold this message only; --last gives the entity a memory. Exit \
            codes: 0 done, 65 the rules or a file are malformed, 66 no such file or directory.
            """)

    @Argument(help: "The directory that holds the rule files.")
    var directory: String

    @Option(help: "The message's topic.")
    var topic: String

    @Option(help: "A JSON file that is the payload; - reads standard input.", completion: .file())
    var payload: String

    @Option(help: "A JSON file that becomes device.last.", completion: .file())
    var last: String?

    @Option(help: "When the message comes, as 2026-03-01T12:00:00Z; now, where it is not given.")
    var at: String?

    @Option(help: "The topic below which the agent answers.")
    var root = "jamey/edge-1"

    @Flag(help: "Tell the result as JSON.")
    var json = false

    func perform() throws(Ending) {
        let place = RulesDirectory(path: directory)
        let set = try place.rules(in: try place.read(isJSON: json), isJSON: json)
        let bytes = try PayloadFile(path: payload).read(isJSON: json)
        let memory = try last.map { path throws(Ending) in
            try PayloadFile(path: path).document(isJSON: json).encoded()
        }
        let time = try moment()
        var mind = Mind(settings: .init(root: root, logID: "explained"))
        let event = Event(sequence: 1, at: time, body: .ruleset(digest: set.digest))
        _ = mind.activate(set, by: event)
        let message = Message(topic: topic, payload: bytes, qos: .atLeastOnce)
        let explanation = mind.explain(message, at: time, last: memory)
        var output = LineOutput()
        if json {
            try output.line(explanation.json)
        } else {
            for line in explanation.lines(topic: topic) {
                try output.line(line.printable)
            }
        }
        try output.flush()
    }

    private func moment() throws(Ending) -> Timestamp {
        guard let at else { return SystemTime().now() }
        do throws(TimestampError) { return try Timestamp(rfc3339: at) } catch {
            throw .failure(Exit.data, "--at: \(error)")
        }
    }
}

extension Explanation {
    fileprivate func lines(topic: String) -> [String] {
        guard !routes.isEmpty else { return ["no route wants '\(topic)'"] }
        return routes.flatMap(Self.lines) + conclusion
    }

    private static func lines(_ route: Route) -> [String] {
        let captures = route.captures.map { " \($0.name)=\($0.value)" }.joined()
        var lines = ["route \(route.name) (\(route.kind)), entity '\(route.entity)'\(captures)"]
        if route.rules.isEmpty { lines.append("  it has no rules") }
        for rule in route.rules {
            let told = rule.told
            lines.append(ExplanationText.head(told))
            lines.append("    \(Self.asking(rule))")
            lines += ExplanationText.lines(of: told)
        }
        return lines
    }

    private static func asking(_ rule: Rule) -> String {
        if rule.mode != "active" { return "not asked: its mode is \(rule.mode)" }
        guard let access = rule.access else { return "asked about every message of the route" }
        let terms = access.joined(separator: ", ")
        let verb = access.count == 1 ? "is" : "are"
        return rule.isAsked
            ? "asked: \(terms) \(verb) not false" : "passed over: \(terms) \(verb) false"
    }

    private var conclusion: [String] {
        var lines = outcome.decisions.map { decision in
            "\(decision.kind == .verdict ? "verdict" : "alert"): "
                + String(decoding: decision.json, as: UTF8.self)
        }
        lines += outcome.publications.map { "publishes on \($0.topic)" }
        lines += outcome.rejections.map { "\($0.code): \($0.message)" }
        return lines.isEmpty ? ["nothing follows"] : lines
    }

    fileprivate var json: [UInt8] {
        JSONWriter.object { json in
            json.array("routes") { list in
                for route in routes { list.object { route.write(to: &$0) } }
            }
            json.array("decisions") { list in
                for decision in outcome.decisions {
                    list.value((try? JSONScanner.scan(decision.json)) ?? .null)
                }
            }
            json.member("topics", outcome.publications.map(\.topic))
            json.member("rejections", outcome.rejections.map(\.code))
        }
    }
}
