import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl memory episodes")
struct EpisodeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let rules = """
        routes:
          - { name: heard, topic: 'plant/{device}', entity: '{device}' }

        """

    private static func time(_ second: Int64) -> Timestamp {
        Timestamp(microseconds: second * 1_000_000)
    }

    private static func episode(_ ended: Timestamp?) -> Episode {
        Episode(
            entity: "press-7", decisionID: "4f2a9c11-5", eventSequence: 5, openedAt: time(5),
            runUpFrom: time(2), followUp: .seconds(2), severity: "critical",
            triggers: [
                Episode.Trigger(
                    kind: .alert, name: "overheat", decisionID: "4f2a9c11-5", message: "at 91",
                    since: time(5), until: ended, count: 2)
            ],
            furtherTriggers: 1,
            changes: [Episode.Change(field: "temp", before: 70, after: ended.map { _ in 60.5 })],
            endedAt: ended)
    }

    /// Ten messages, a second apart, one of them of another press.
    private func fill(isClosed: Bool = true) throws {
        let writer = try scratch.writer()
        var batch = Batch()
        batch.events = (1...10).map { number in
            let device = number == 4 ? "press-8" : "press-7"
            let message = Message(
                topic: "plant/\(device)", payload: Array(#"{"temp":\#(number)}"#.utf8))
            return Event(
                sequence: EventSequence(number), at: Self.time(Int64(number)),
                body: .message(message))
        }
        batch.ruleset = StoredRuleset(
            digest: "sha256:1", activatedAt: Self.time(1),
            files: [.init(name: "a.yaml", text: Self.rules)])
        batch.episodes = [.opened(Self.episode(nil))]
        if isClosed {
            batch.episodes.append(
                .closed(Self.episode(Self.time(8)), at: Self.time(10), summary: "3s: overheat"))
        }
        _ = try writer.commit(batch, synced: false)
        try writer.close()
    }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["memory"] + arguments + ["--database", scratch.store]).wait()
    }

    @Test("the list has a line for each, open or closed")
    func list() throws {
        try fill(isClosed: false)
        let open = try run("episodes", "--open")
        #expect(
            open.lines == [
                "     1 01-01 00:00:05 press-7    critical open since then: overheat (at 91)"
            ])
        let writer = try scratch.writer()
        var batch = Batch()
        batch.episodes = [
            .closed(Self.episode(Self.time(8)), at: Self.time(10), summary: "3s: overheat")
        ]
        _ = try writer.commit(batch, synced: false)
        try writer.close()
        #expect(try run("episodes", "--open").lines.isEmpty)
        let closed = try run("episodes", "--entity", "press-7", "--since", "1970-01-01T00:00:09Z")
        #expect(closed.lines == ["     1 01-01 00:00:05 press-7    critical 3s: overheat"])
        #expect(try run("episodes", "--entity", "press-8").lines.isEmpty)
    }

    @Test("one is shown with what led up to it and what followed, and nothing of others")
    func show() throws {
        try fill()
        let shown = try run("episode", "1")
        #expect(shown.code == 0 && shown.errors.isEmpty)
        let messages = shown.lines.filter { $0.contains("plant/") }
        #expect(
            messages == [
                "    -3.000s plant/press-7 {\"temp\":2}", "    -2.000s plant/press-7 {\"temp\":3}",
                "    +0.000s plant/press-7 {\"temp\":5}", "    +1.000s plant/press-7 {\"temp\":6}",
                "    +2.000s plant/press-7 {\"temp\":7}", "    +3.000s plant/press-7 {\"temp\":8}",
                "    +4.000s plant/press-7 {\"temp\":9}", "    +5.000s plant/press-7 {\"temp\":10}",
            ])
        #expect(shown.output.contains("overheat 2 times until 1970-01-01T00:00:08.000Z (at 91)"))
        #expect(shown.output.contains("and 1 more") && shown.output.contains("temp 70 → 60.5"))
        let few = try run("episode", "1", "--limit", "2")
        #expect(few.lines.filter { $0.contains("plant/") }.count == 2)
        #expect(few.errors.contains("--limit"))
    }

    @Test("as JSON it can be read by programs")
    func json() throws {
        try fill()
        let result = try run("episode", "1", "--json", "--limit", "3")
        let value = try JSONScanner.scan(Array(result.output.utf8))
        #expect(value["entity"]?.string == "press-7" && value["summary"]?.string == "3s: overheat")
        #expect(value["messages"]?.array?.compactMap { $0["seq"]?.int } == [2, 3, 5])
        #expect(value["triggers"]?.array?.first?["count"]?.int == 2)
        let line = try #require(try run("episodes", "--json").lines.first)
        #expect(try JSONScanner.scan(Array(line.utf8))["id"]?.int == 1)
    }

    @Test("what is not there, or no number, is told")
    func faults() throws {
        try fill()
        let none = try run("episode", "7")
        #expect(none.code == 1 && none.errors.contains("there is no episode 7; jameyctl"))
        #expect(try run("episode", "x").code == 64)
        #expect(try run("episode", "0").code == 64)
        #expect(try run("episodes", "--before", "0").code == 64)
        #expect(try run("episodes", "--limit", "0").code == 64)
        #expect(try run("episodes", "--since", "soon").code == 64)
    }
}
