import Core
import Proof
import ProofTestSupport
import Store
import TestSupport
import Testing

@testable import jameyctl

/// An export of everything about an entity, of a store with some of every kind and of a daemon that
/// tells what the reader of that store has.
@Suite("Everything about an entity, asked of the daemon and of the store")
struct ExportWordsTests {
    private let recording: Recording
    private let home: TestDirectory
    private var socket: String { home.path + "/api.sock" }

    init() throws {
        home = try TestDirectory("words")
        recording = try Recording(PressRules.yaml())
        try recording.keepEverything(about: "press-1", besides: "press-2")
    }

    /// Pages by the target that asks for them, with so many records each.
    private func pages(of entity: String, limit: Int) throws -> [String: PlayedDaemon.Answer] {
        var records = EntityRecords(
            of: entity, in: try recording.reader(), at: SystemTime().now())
        var answers: [String: PlayedDaemon.Answer] = [:]
        let first = "/entities/\(PercentEncoding.encode(entity))/records?limit=1000"
        var target = first
        var next: EntityRecords.Cursor? = .start
        while let place = next {
            let page = try records.next(behind: place, limit: limit)
            next = page.next
            let body = JSONWriter.object { json in
                json.array("records") { list in for one in page.records { list.raw(one) } }
                json.member("next", ifPresent: next?.text)
            }
            answers[target] = .json(body)
            target = first + "&cursor=" + PercentEncoding.encode(next?.text ?? "")
        }
        return answers
    }

    private func export(_ options: String...) throws -> Command.Result {
        try Command(["memory", "export"] + options).wait()
    }

    /// But for what is less the later it is asked.
    private func lines(_ result: Command.Result) -> [String] {
        result.lines.filter { !$0.hasPrefix(#"{"evidence""#) && !$0.hasPrefix(#"{"soul""#) }
    }

    @Test("the same lines, on however many pages they come")
    func same() throws {
        for limit in [1_000, 7] {
            let answers = try pages(of: "press-1", limit: limit)
            #expect(answers.count > (limit == 7 ? 5 : 0))
            let daemon = try PlayedDaemon(socket) { asked in
                answers[asked.target] ?? .json(#"{"error":"no","code":"NO_ANSWER"}"#, status: 500)
            }
            let file = try export("--entity", "press-1", "--database", recording.path)
            let asked = try export("--entity", "press-1", "--socket", socket)
            #expect(file.code == 0 && file.lines.count > 50, "\(file)")
            #expect(asked.code == 0 && lines(asked) == lines(file), "\(asked)\n\(file)")
            #expect(asked.lines.count == file.lines.count && asked.errors.isEmpty)
            #expect(daemon.asked.count == answers.count)
        }
    }

    @Test("where there is nothing both end with 1, also behind pages that have none")
    func nothing() throws {
        let empty = PlayedDaemon.Answer.json(#"{"records":[],"next":"event:17"}"#)
        let last = PlayedDaemon.Answer.json(#"{"records":[]}"#)
        let daemon = try PlayedDaemon(socket) { asked in
            asked.target.contains("cursor=event%3A17") ? last : empty
        }
        let asked = try export("--entity", "line 1/x", "--socket", socket)
        let file = try export("--entity", "line 1/x", "--database", recording.path)
        #expect(asked.code == 1 && asked.output.isEmpty && asked.errors == file.errors, "\(asked)")
        #expect(file.code == 1 && file.errors == "jameyctl: there is nothing about it\n")
        #expect(
            daemon.asked.map(\.target) == [
                "/entities/line%201%2Fx/records?limit=1000",
                "/entities/line%201%2Fx/records?limit=1000&cursor=event%3A17",
            ])
    }

    @Test("what came before a page that is refused is written, and why it is refused is told")
    func refused() throws {
        let first = PlayedDaemon.Answer.json(
            #"{"records":[{"event":{"seq":1}}],"next":"event:1"}"#)
        let daemon = try PlayedDaemon(socket) { asked in
            asked.target.contains("cursor")
                ? .json(#"{"error":"not yours","code":"FORBIDDEN"}"#, status: 403) : first
        }
        let asked = try export("--entity", "press-1", "--socket", socket)
        #expect(asked.code == 77 && asked.output == "{\"event\":{\"seq\":1}}\n", "\(asked)")
        #expect(asked.errors.contains("not yours (FORBIDDEN)"), "\(asked)")
        #expect(daemon.asked.count == 2)
    }
}
