import Core
import Synchronization
import Testing

@testable import jameyctl

/// Entities and old memories that the daemon is asked to forget.
@Suite("Forgetting, asked of the daemon")
struct DaemonForgettingTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private func run(
        _ arguments: [String], _ answer: @escaping PlayedDaemon.Play
    ) throws -> (result: Command.Result, asked: [String]) {
        let daemon = try PlayedDaemon(socket, answer: answer)
        let result = try Command(["memory", "forget"] + arguments + ["--socket", socket]).wait()
        return (result, daemon.asked.map { "\($0.method) \($0.target)" })
    }

    private final class Count: Sendable {
        private let count = Atomic(0)

        /// Whether nobody has asked before.
        func isFirst() -> Bool { count.add(1, ordering: .relaxed).oldValue == 0 }
    }

    private static let erased = #"{"checkpoint_part":2,"decision":31,"event":1204}"#
    private static let clean = #"{"found":0,"mentions":{},"files":2,"bytes":43306200}"#

    private static func forgetting(
        _ state: String, erased: String = erased, search: String? = nil, more: String = ""
    ) -> String {
        let found = (search.map { #","search":\#($0)"# } ?? "") + more
        return #"{"event_seq":12,"state":"\#(state)","phase":"log","step":0,"place":0,"#
            + #""erased":\#(erased)\#(found)}"#
    }

    /// A daemon that is done at once, and then tells this.
    private func run(_ told: String, _ more: [String] = []) throws -> Command.Result {
        try run(["--entity", "press-7"] + more) { asked in
            switch (asked.method, asked.target.contains("entity=")) {
            case ("DELETE", _): .json(Self.forgetting("running", erased: "{}"), status: 202)
            case (_, false): .json(Self.forgetting("done"))
            case (_, true): .json(told)
            }
        }.result
    }

    @Test("an entity is forgotten, looked at until it is done, and looked for")
    func entity() throws {
        let looks = Count()
        let (result, asked) = try run(["--entity", "line 1/é"]) { asked in
            if asked.method == "DELETE" {
                return .json(Self.forgetting("running", erased: "{}"), status: 202)
            }
            if asked.target.contains("?") {
                return .json(Self.forgetting("done", search: Self.clean))
            }
            return .json(Self.forgetting(looks.isFirst() ? "waiting" : "done"))
        }
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            result.output == """
                checkpoint_part  2
                decision         31
                event            1204
                nothing of line 1/é is left in 2 files, 41.3 MiB read

                """)
        #expect(
            asked == [
                "DELETE /entities/line%201%2F%C3%A9", "GET /forgettings/12",
                "GET /forgettings/12", "GET /forgettings/12?entity=line%201%2F%C3%A9",
            ])
    }

    @Test("as JSON it is what a file tells; the daemon writes none anew")
    func json() throws {
        let result = try run(Self.forgetting("done", search: Self.clean), ["--json"])
        #expect(result.code == 0, "\(result)")
        #expect(
            result.output == #"{"event":12,"done":true,"erased":\#(Self.erased),"found":0,"#
                + #""mentions":{},"files":2,"bytes":43306200,"written_anew":false}"# + "\n")
    }

    @Test("what is not done, or left, or was not there has its own code")
    func codes() throws {
        let free = #"{"found":3,"mentions":{},"files":2,"bytes":9}"#
        let left = try run(Self.forgetting("done", search: free))
        #expect(left.code == 75 && left.output.contains("in the free space of the file"), "\(left)")
        #expect(left.errors.contains("stop the agent"), "\(left)")
        let named = #"{"found":3,"mentions":{"memory":1,"event":2},"files":2,"bytes":9}"#
        let mentioned = try run(Self.forgetting("done", search: named))
        #expect(mentioned.code == 0, "\(mentioned)")
        #expect(mentioned.output.contains("name it: 1 of memory, 2 of event; "), "\(mentioned)")
        let waiting = try run(Self.forgetting("waiting", search: free))
        #expect(waiting.code == 75 && waiting.output.contains("not done yet"), "\(waiting)")
        #expect(waiting.errors.contains("the agent goes on by itself"), "\(waiting)")
        let nothing = try run(
            Self.forgetting("done", erased: #"{"checkpoint_part":2}"#, search: Self.clean))
        #expect(nothing.code == 1 && nothing.errors.contains("nothing about it"), "\(nothing)")
    }

    @Test("what it waits for is told, and what an earlier one waits for")
    func delays() throws {
        let place = #""phase":"outbox","step":0,"place":0"#
        for (more, words, json) in [
            (#","waits_for":"broker""#, "waits for the broker", #""waits_for":"broker","#),
            (#","waits_for":"reader""#, "waits for who reads the store", "reader"),
            (
                #","waits_for":"earlier","earlier":{"event_seq":7,"waits_for":"broker",\#(place)}"#,
                "the earlier one of event 7: it waits for the broker", "earlier"
            ),
            ("", "nothing has changed of late in its phase 'log'", #""done":false,"erased""#),
        ] {
            let state = more.isEmpty ? "running" : "waiting"
            let told = Self.forgetting(state, search: Self.clean, more: more)
            let result = try run(told)
            #expect(result.code == 75 && result.output.contains(words), "\(result)")
            let member = try run(told, ["--json"])
            #expect(member.code == 75 && member.output.contains(json), "\(member)")
        }
    }

    @Test("what is no answer to that is told of, whatever its numbers are")
    func foreign() throws {
        let huge = #"{"found":0,"mentions":{},"files":2,"bytes":9223372036854775807}"#
        let negative = #"{"found":-1,"mentions":{},"files":2,"bytes":9}"#
        for told in [
            "{}", "[]", "x", Self.forgetting("done"), Self.forgetting("done", search: huge),
            Self.forgetting("done", search: negative),
            Self.forgetting("done", erased: #"{"event":"all"}"#, search: Self.clean),
        ] {
            let result = try run(told)
            #expect(result.code == 69 && result.output.isEmpty, "\(told): \(result)")
        }
        let (none, asked) = try run(["--entity", "a"]) { _ in .json("{}", status: 202) }
        #expect(none.code == 69 && asked == ["DELETE /entities/a"], "\(none)")
    }

    @Test("who may not is told with the daemon's words")
    func refused() throws {
        let (role, _) = try run(["--entity", "a"]) { _ in
            .json(#"{"error":"your role does not allow this","code":"FORBIDDEN"}"#, status: 403)
        }
        #expect(role.code == 77 && role.errors.contains("FORBIDDEN"), "\(role)")
    }

    @Test("where the files are not searched as it takes too long, what was done is told")
    func tooLong() throws {
        func late(_ more: [String], _ code: String) throws -> Command.Result {
            try run(["--entity", "a"] + more) { asked in
                if asked.target.contains("?") {
                    return .json(#"{"error":"not in 20 s","code":"\#(code)"}"#, status: 503)
                }
                return .json(Self.forgetting("done"))
            }.result
        }
        let told = try late([], "TAKES_TOO_LONG")
        #expect(told.code == 75 && told.errors.contains("with --database"), "\(told)")
        #expect(
            told.output == """
                checkpoint_part  2
                decision         31
                event            1204
                done; the files were not searched: it takes too long; --database searches them \
                without a bound

                """)
        let json = try late(["--json"], "TAKES_TOO_LONG")
        #expect(json.code == 75, "\(json)")
        #expect(
            json.output == #"{"event":12,"done":true,"erased":\#(Self.erased),"#
                + #""written_anew":false}"# + "\n")
        let other = try late([], "UNAVAILABLE")
        #expect(other.code == 75 && other.output.isEmpty, "\(other)")
    }

    @Test("who asks too often waits for as long as it is told, and goes on")
    func tooOften() throws {
        let asks = Count()
        let (result, asked) = try run(["--before", "1d"]) { _ in
            guard asks.isFirst() else { return .json(#"{"memories":2,"more":false}"#) }
            return .json(
                #"{"error":"too many requests","code":"TOO_MANY_REQUESTS"}"#, status: 429,
                fields: ["Retry-After": "1"])
        }
        #expect(result.code == 0 && result.output == "2 memories\n", "\(result)")
        #expect(asked.count == 2)
    }

    @Test("old memories are forgotten some at a time, until there are no more")
    func before() throws {
        let answers = Count()
        let arguments = ["--before", "2026-03-01T12:00:00Z", "--layer", "episodic", "--pinned"]
        let (result, asked) = try run(arguments) { _ in
            .json(
                answers.isFirst()
                    ? #"{"memories":200,"more":true}"# : #"{"memories":3,"more":false}"#)
        }
        #expect(result.code == 0 && result.output == "203 memories\n", "\(result)")
        let target =
            "DELETE /memory?before=2026-03-01T12%3A00%3A00.000000Z&layer=episodic&pinned=true"
        #expect(asked == [target, target])
        let (one, few) = try run(["--before", "2026-03-01T12:00:00Z", "--json"]) { _ in
            .json(#"{"memories":1,"more":false}"#)
        }
        #expect(one.code == 0 && one.output == #"{"memories":1}"# + "\n", "\(one)")
        #expect(few == ["DELETE /memory?before=2026-03-01T12%3A00%3A00.000000Z"])
        let (none, _) = try run(["--before", "1d"]) { _ in
            .json(#"{"memories":0,"more":false}"#)
        }
        #expect(none.code == 1 && none.errors.contains("no memory that old"), "\(none)")
        for told in [#"{"memories":0,"more":true}"#, #"{"memories":-1,"more":false}"#, "{}"] {
            let (foreign, asked) = try run(["--before", "1d"]) { _ in .json(told) }
            #expect(foreign.code == 69 && asked.count == 1, "\(told): \(foreign)")
        }
    }
}
