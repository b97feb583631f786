import Core
import Testing

@testable import jameyctl

/// What changes something, asked of the daemon.
@Suite("Changes, asked of the daemon")
struct DaemonChangesTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private func run(
        _ arguments: [String], _ answer: @escaping PlayedDaemon.Play
    ) throws -> (result: Command.Result, asked: [PlayedDaemon.Asked]) {
        let daemon = try PlayedDaemon(socket, answer: answer)
        let result = try Command(arguments + ["--socket", socket]).wait()
        return (result, daemon.asked)
    }

    private static let missing = #"{"error":"there is none","code":"NOT_FOUND"}"#

    // MARK: Memories

    private static let memory = """
        {"id":12,"layer":"semantic","entity":"pump-2","content":"the seal leaks","tags":["seal"],\
        "created_at":"2026-03-01T12:00:00.000Z","user_id":"uid:1000","event_seq":7,\
        "importance":0.5,"pinned":false}
        """

    @Test("a memory is stored without a name: the daemon knows who says so")
    func store() throws {
        let arguments = ["memory", "store", "the", "seal", "leaks", "--entity", "pump-2"]
        let (result, asked) = try run(arguments + ["--tag", "seal"]) { _ in
            .json(Self.memory, status: 201)
        }
        #expect(result.code == 0 && result.output == "memory 12\n", "\(result)")
        let request = try #require(asked.first)
        #expect(request.method == "POST" && request.target == "/memory")
        #expect(
            request.body == """
                {"layer":"semantic","content":"the seal leaks","tags":["seal"],"entity":"pump-2"}
                """)
        let (json, _) = try run(arguments + ["--json"]) { _ in .json(Self.memory, status: 201) }
        #expect(json.output == Self.memory + "\n" && json.code == 0)
        let (foreign, _) = try run(arguments) { _ in .json("{}", status: 201) }
        #expect(foreign.code == 69 && foreign.output.isEmpty)
    }

    @Test("memories are pinned, unpinned and forgotten by their number, quietly")
    func pins() throws {
        for (verb, method, target) in [
            ("pin", "PUT", "/memory/12/pin"), ("unpin", "DELETE", "/memory/12/pin"),
            ("forget", "DELETE", "/memory/12"),
        ] {
            let (result, asked) = try run(["memory", verb, "12"]) { _ in .json(Self.memory) }
            #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty)
            #expect(asked.first?.method == method && asked.first?.target == target, "\(verb)")
            let (none, _) = try run(["memory", verb, "12"]) { _ in
                .json(Self.missing, status: 404)
            }
            #expect(none.code == 1, "\(none)")
            #expect(none.errors.hasPrefix("jameyctl: there is no memory 12; "), "\(none)")
        }
    }

    @Test("memories are linked and unlinked, quietly; what is not there or full is told")
    func links() throws {
        for (verb, method) in [("link", "PUT"), ("unlink", "DELETE")] {
            let arguments = ["memory", verb, "12", "line 1/é"]
            let (result, asked) = try run(arguments) { _ in .json(Self.memory) }
            #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty)
            #expect(asked.first?.method == method, "\(verb)")
            #expect(asked.first?.target == "/memory/12/links/line%201%2F%C3%A9", "\(verb)")
        }
        let (none, _) = try run(["memory", "link", "12", "a"]) { _ in
            .json(Self.missing, status: 404)
        }
        #expect(none.code == 1 && none.errors.contains("there is no memory 12"), "\(none)")
        let (gone, _) = try run(["memory", "unlink", "12", "a"]) { _ in
            .json(Self.missing, status: 404)
        }
        #expect(gone.code == 1 && gone.errors.contains("12 is not linked to 'a'"), "\(gone)")
        let (full, _) = try run(["memory", "link", "12", "a"]) { _ in
            .json(#"{"error":"it has 16","code":"CONFLICT"}"#, status: 409)
        }
        #expect(full.code == 65 && full.errors.contains("it has 16 (CONFLICT)"), "\(full)")
    }

    @Test("what says nothing where it is done tells it as JSON, of the daemon and of a file alike")
    func confirmed() throws {
        try scratch.writer().close()
        let one = try Command(["memory", "store", "a", "--database", scratch.store]).wait()
        #expect(one.output == "memory 1\n", "\(one)")
        let felt = try Command(["soul", "record", "x", "joy", "--database", scratch.store]).wait()
        #expect(felt.code == 0, "\(felt)")
        for (arguments, told) in [
            (["memory", "pin", "1"], #"{"id":1,"pinned":true}"#),
            (["memory", "unpin", "1"], #"{"id":1,"pinned":false}"#),
            (["memory", "link", "1", "a b"], #"{"id":1,"entity":"a b","linked":true}"#),
            (["memory", "unlink", "1", "a b"], #"{"id":1,"entity":"a b","linked":false}"#),
            (["memory", "forget", "1"], #"{"id":1,"forgotten":true}"#),
            (["soul", "forget", "x"], #"{"entity":"x","forgotten":true}"#),
        ] {
            let (asked, _) = try run(arguments + ["--json"]) { _ in .json(Self.memory) }
            let filed = try Command(arguments + ["--json", "--database", scratch.store]).wait()
            for result in [asked, filed] {
                #expect(result.code == 0 && result.output == told + "\n", "\(result)")
            }
        }
        let (none, _) = try run(["memory", "pin", "12", "--json"]) { _ in
            .json(Self.missing, status: 404)
        }
        #expect(none.code == 1 && none.output.isEmpty, "\(none)")
    }

    // MARK: Trust

    private static let soul = """
        {"entity":"press-7","trust":0.25,"mood":"sadness","emoji":"😢","empathy":0.2,\
        "evidence_for":2.0,"evidence_against":8.0,"changes":3,\
        "changed_at":"2026-03-01T12:00:00.000Z","event_seq":9}
        """

    @Test("trust is set and felt, and what came of it is shown")
    func souls() throws {
        let (set, asked) = try run(["soul", "set", "line 1/press-7", "0.25"]) { _ in
            .json(Self.soul)
        }
        #expect(set.code == 0, "\(set)")
        #expect(
            set.output == "press-7    0.25 😢 sadness 3 changes, the last 03-01 12:00:00\n")
        #expect(asked.first?.method == "PUT")
        #expect(asked.first?.target == "/soul/line%201%2Fpress-7")
        #expect(asked.first?.body == #"{"trust":0.25}"#)
        let (felt, second) = try run(
            ["soul", "record", "press-7", "anger", "--weight", "2.5", "--note", "bent", "--json"]
        ) { _ in .json(Self.soul) }
        #expect(felt.output == Self.soul + "\n", "\(felt)")
        #expect(second.first?.body == #"{"emotion":"anger","weight":2.5,"note":"bent"}"#)
        let (decayed, fourth) = try run(["soul", "decay", "press-7", "--half-lives", "2.5"]) { _ in
            .json(Self.soul)
        }
        #expect(decayed.output == set.output && decayed.code == 0, "\(decayed)")
        #expect(fourth.first?.method == "PUT" && fourth.first?.target == "/soul/press-7")
        #expect(fourth.first?.body == #"{"half_lives":2.5}"#)
        let (forgotten, third) = try run(["soul", "forget", "press-7"]) { _ in
            .json("", status: 204)
        }
        #expect(forgotten.code == 0 && forgotten.output.isEmpty, "\(forgotten)")
        #expect(third.first?.method == "DELETE" && third.first?.target == "/soul/press-7")
        for verb in ["forget", "show", "decay"] {
            let (none, _) = try run(["soul", verb, "press-7"]) { _ in
                .json(Self.missing, status: 404)
            }
            #expect(none.code == 1, "\(none)")
            #expect(none.errors.contains("nothing was recorded about 'press-7'"), "\(none)")
        }
    }

    // MARK: Rules

    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let answer = #"{"outcome":"activated","ruleset":"\#(digest)","event_seq":12}"#

    @Test("rules are reloaded and promoted with a reason")
    func rules() throws {
        let (reload, first) = try run(["rules", "reload", "--force", "-m", "why"]) { _ in
            .json(Self.answer)
        }
        #expect(reload.code == 0, "\(reload)")
        #expect(
            reload.lines == [Self.digest, "event 12", "the directory's rules are in force"])
        #expect(first.first?.target == "/reload")
        #expect(first.first?.body == #"{"force":true,"message":"why"}"#)
        let (promote, second) = try run(["rules", "promote", "--json"]) { _ in
            .json(Self.answer)
        }
        #expect(promote.output == Self.answer + "\n", "\(promote)")
        #expect(second.first?.target == "/rules/promote" && second.first?.body == "{}")
        let (refused, _) = try run(["rules", "promote"]) { _ in
            .json(#"{"error":"nothing is in shadow","code":"NO_SHADOW"}"#, status: 409)
        }
        #expect(refused.code == 65 && refused.output.isEmpty, "\(refused)")
    }

    @Test("a rule set is rolled back to by its first digits, as the history has it")
    func rollback() throws {
        func activation(_ digest: String) -> String {
            """
            {"at":"2026-03-01T12:00:00.000Z","event_seq":3,"ruleset":"\(digest)","how":"reload",\
            "user":"ada","message":"","active":false,"kept":true}
            """
        }
        let other = "sha256:" + String(repeating: "ac", count: 32)
        let page = #"{"activations":[\#(activation(other)),\#(activation(Self.digest))]}"#
        let play: PlayedDaemon.Play = { asked in
            asked.target.hasPrefix("/rules/history") ? .json(page) : .json(Self.answer)
        }
        let (result, asked) = try run(["rules", "rollback", "abab", "-m", "back"], play)
        #expect(result.code == 0 && result.lines.first == Self.digest, "\(result)")
        #expect(asked.last?.target == "/rules/rollback")
        #expect(asked.last?.body == #"{"digest":"\#(Self.digest)","message":"back"}"#)
        let (none, few) = try run(["rules", "rollback", "ffff"], play)
        #expect(none.code == 1 && few.count == 1, "\(none)")
        let (short, _) = try run(["rules", "rollback", "aba"], play)
        #expect(short.code == 64, "\(short)")
        let (one, two) = (activation("sha256:ababd"), activation(Self.digest))
        let (unclear, _) = try run(["rules", "rollback", "abab"]) { _ in
            .json(#"{"activations":[\#(one),\#(two)]}"#)
        }
        #expect(unclear.code == 65 && unclear.errors.contains("sha256:ababd"), "\(unclear)")
    }

    private static let rule = """
        {"name":"hot","description":"too hot","file":"10.yaml","line":3,"mode":"shadow",\
        "on":["telemetry","more"],"severity":"critical","applied":5,"approved":0,"denied":0,\
        "raised":5,"resolved":4,"failed":1}
        """
    private static let other = """
        {"name":"fast","file":"10.yaml","line":9,"mode":"active","on":["commands"],\
        "stance":"oppose","weight":5.0,"applied":2,"approved":0,"denied":2,"raised":0,\
        "resolved":0,"failed":0}
        """

    @Test("rules in force are shown with their counts; one with everything about it")
    func inForce() throws {
        let since = "2026-03-01T12:00:00.000Z"
        let head = #""ruleset":"sha256:ab","held_by":"rollback","counted_since":"\#(since)""#
        let page = #"{\#(head),"rules":[\#(Self.rule),\#(Self.other)],"files":[]}"#
        let (all, asked) = try run(["rules", "show"]) { _ in .json(page) }
        #expect(all.code == 0 && asked.map(\.target) == ["/rules?limit=1000"], "\(all)")
        #expect(
            all.output == """
                rule set       sha256:ab
                held by        rollback
                counted since  2026-03-01T12:00:00.000Z
                RULE  MODE    ON               APPLIED  APPROVED  DENIED  RAISED  FAILED
                hot   shadow  telemetry, more  5        0         0       5       1
                fast  active  commands         2        0         2       0       0

                """)
        let (json, _) = try run(["rules", "show", "--json"]) { _ in .json(page) }
        #expect(json.output == Self.rule + "\n" + Self.other + "\n")
        let (one, _) = try run(["rules", "show", "fast"]) { _ in .json(page) }
        #expect(one.code == 0 && one.lines.contains("stance         oppose, weight 5.0"), "\(one)")
        #expect(one.lines.contains("place          10.yaml:9"), "\(one)")
        let (none, _) = try run(["rules", "show", "slow"]) { _ in .json(page) }
        #expect(none.code == 1 && none.errors.contains("no rule 'slow'"), "\(none)")
        // Where it is to be edited.
        let (advice, _) = try run(["rules", "promote", "hot"]) { _ in .json(page) }
        #expect(advice.code == 65 && advice.errors.contains("10.yaml:3: nothing was done"))
        let (active, _) = try run(["rules", "promote", "fast"]) { _ in .json(page) }
        #expect(active.code == 65 && active.errors.contains("in mode active"), "\(active)")
    }
}
