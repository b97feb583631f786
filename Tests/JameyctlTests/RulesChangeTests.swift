import Core
import Store
import Testing

@testable import jameyctl

/// What a running agent is asked, and how its answers are told; the agent is played.
@Suite("jameyctl rules reload, rollback and promote, where an agent runs")
struct RulesChangeTests {
    private let scratch: Scratch
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let activated = RulesAnswer(.activated, ruleset: digest, eventSequence: 12)

    init() throws {
        scratch = try Scratch()
        let writer = try scratch.writer()
        var batch = Batch()
        batch.ruleset = StoredRuleset(
            digest: Self.digest, activatedAt: Timestamp(microseconds: 1), files: [])
        _ = try writer.commit(batch, synced: false)
        try writer.close()
    }

    /// Runs a command while an agent answers it.
    private func ask(
        _ answer: [UInt8], _ arguments: [String]
    ) throws -> (request: JSONValue, result: Command.Result) {
        let agent = try PlayedAgent(store: scratch.store)
        let command = try Command(["rules"] + arguments + ["--database", scratch.store])
        let request = try agent.answer(answer)
        return (request, command.wait())
    }

    private func ask(
        _ answer: RulesAnswer, _ arguments: String...
    ) throws -> (request: JSONValue, result: Command.Result) {
        try ask(answer.json, arguments)
    }

    @Test("rollback --json asks for the whole digest, and shows what the agent answers")
    func rollback() throws {
        let (request, result) = try ask(
            Self.activated, "rollback", "abab", "-m", "it stood still", "--user", "ada", "--json")
        #expect(request["request"]?.string == "rules.rollback")
        #expect(request["digest"]?.string == Self.digest)
        #expect(request["message"]?.string == "it stood still")
        #expect(request["user_id"]?.string == "ada")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            result.output
                == #"{"outcome":"activated","ruleset":"\#(Self.digest)","event_seq":12}"# + "\n")
        let unchanged = RulesAnswer(.unchanged, ruleset: Self.digest)
        let again = try ask(unchanged, "rollback", "abab", "--json").result
        #expect(again.code == 0, "\(again)")
        #expect(again.output == #"{"outcome":"unchanged","ruleset":"\#(Self.digest)"}"# + "\n")
        let plain = try ask(Self.activated, "rollback", "abab").result
        #expect(plain.lines.prefix(2) == [Self.digest, "event 12"], "\(plain)")
    }

    @Test("promote --json asks for what runs in shadow, and shows what the agent answers")
    func promote() throws {
        let (request, result) = try ask(
            Self.activated, "promote", "-m", "better", "--user", "ada", "--json")
        #expect(request["request"]?.string == "rules.promote" && request["digest"] == nil)
        #expect(
            request["message"]?.string == "better" && request["user_id"]?.string == "ada")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            result.output
                == #"{"outcome":"activated","ruleset":"\#(Self.digest)","event_seq":12}"# + "\n")
    }

    @Test("reload asks for force only where --force is given, and names it where it is needed")
    func reload() throws {
        let (request, result) = try ask(Self.activated, "reload", "--force", "-m", "take them")
        #expect(request["request"]?.string == "rules.reload")
        #expect(request["force"]?.bool == true && request["message"]?.string == "take them")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            result.lines == [Self.digest, "event 12", "the directory's rules are in force"])
        let held = try ask(RulesAnswer(.held, ruleset: Self.digest), "reload")
        #expect(held.request["force"] == nil, "\(held.request)")
        #expect(held.result.code == 0 && held.result.output.contains("--force"), "\(held)")
        #expect(!held.result.output.contains("event"))
        let told = try ask(RulesAnswer(.held, ruleset: Self.digest), "reload", "--force", "--json")
        #expect(told.request["force"]?.bool == true)
        #expect(
            told.result.output == #"{"outcome":"held","ruleset":"\#(Self.digest)"}"# + "\n")
    }

    @Test("what the agent refuses has its code, and nothing on standard output")
    func refused() throws {
        for (code, exit) in [
            ("UNKNOWN_RULESET", 1), ("UNAVAILABLE", 75), ("NOT_STORED", 75), ("BAD_RULES", 65),
        ] as [(String, Int32)] {
            for command in [["rollback", "abab"], ["promote"], ["reload", "--force"]] {
                let answer = RequestError(code: code, message: "the reason").json
                let result = try ask(answer, command + ["--json"]).result
                #expect(result.code == exit && result.output.isEmpty, "\(command): \(result)")
                #expect(result.errors == "jameyctl: the reason (\(code))\n", "\(command)")
            }
        }
    }
}
