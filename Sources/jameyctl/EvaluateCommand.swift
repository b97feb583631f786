import ArgumentParser
import Core

/// `jameyctl evaluate`
struct EvaluateCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Has the agent judge what somebody proposes to do.",
        discussion: """
            It is an event of the log with its decision, told on conscience/results; with \
            --dry-run nothing is kept and nothing is told. Exits with 0 when it is approved, with \
            1 when it is denied. With --json, what POST /evaluate answers. Exit codes: see \
            jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "What is proposed, in words.")
    var text: String

    @Option(help: "What rules are to know beside it: a JSON object.")
    var context: String?

    @Option(help: "The entity that it is about.")
    var entity: String?

    @Option(help: "Who proposes it.")
    var user: String?

    @Flag(help: "Only say what would be decided.")
    var dryRun = false

    @Flag(help: "The decision as one JSON object.")
    var json = false

    func validate() throws {
        guard !text.isEmpty else { throw ValidationError("say what is proposed") }
        _ = try contextValue()
    }

    private func contextValue() throws(ValidationError) -> JSONValue? {
        guard let context else { return nil }
        do throws(JSONError) {
            let value = try JSONScanner.scan(Array(context.utf8))
            if value.object != nil { return value }
        } catch { throw ValidationError("--context is no JSON: \(error)") }
        throw ValidationError("--context must be a JSON object")
    }

    private func body() throws(Ending) -> [UInt8] {
        let context: JSONValue?
        do throws(ValidationError) { context = try contextValue() } catch {
            throw .failure(Exit.usage, error.message)
        }
        return JSONWriter.object { json in
            json.member("action", text)
            if let context { json.member("context", context) }
            json.member("entity", ifPresent: entity)
            json.member("user_id", ifPresent: user)
        }
    }

    func perform() throws(Ending) {
        let answer = try daemon.client().post(
            "/evaluate", query: [("dry_run", dryRun ? "true" : nil)], try body())
        let report = try VerdictReport(answer)
        try report.tell(asJSON: json)
        if !report.isApproved { throw Ending(code: Exit.noValue) }
    }
}
