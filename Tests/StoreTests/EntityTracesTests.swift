import Core
import TestSupport
import Testing

@testable import Store

/// The schema itself says which tables there are; what forgetting knows must be all of them.
@Suite("Traces of an entity")
struct EntityTracesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func list(_ sql: String) throws -> [String] {
        let joined = try scratch.text("SELECT group_concat(name, ' ') FROM (\(sql))")
        return (joined ?? "").split(separator: " ").map(String.init)
    }

    @Test("every table of the schema, and every column of it, is dealt with when forgetting")
    func complete() throws {
        try scratch.writer().close()
        let tables = try list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        #expect(tables.count > 10)
        for table in tables where !EntityTraces.isInternal(table) {
            let known = try #require(
                EntityTraces.all.first { $0.name == table },
                """
                the table \(table) is new: add it to EntityTraces.all. Rows about an entity, \
                .rows(of: "its column"), are then emptied and deleted, and EntityRecords of \
                Proof needs a kind for them; a table that holds none needs the reason, \
                .none("why")
                """)
            for column in try list("SELECT name FROM pragma_table_xinfo('\(table)')") {
                #expect(
                    (known.traces + known.others).contains(column),
                    """
                    the column \(column) of \(table) is new: add it to EntityTraces, to `traces` \
                    where it can hold the name of an entity or what was said about it, else to \
                    `others`
                    """)
                if column == "entity" {
                    #expect(known.traces.contains(column), "\(table).entity names entities")
                }
            }
        }
        for table in EntityTraces.all {
            #expect(tables.contains(table.name), "\(table.name) is no more")
        }
    }

    @Test("rows of a table that are deleted by entity have a number, and the column is a trace")
    func rows() throws {
        try scratch.writer().close()
        for table in EntityTraces.rows {
            let traces = EntityTraces.all.first { $0.name == table.name }?.traces
            #expect(traces?.contains(table.column) == true)
            #expect(try scratch.text("SELECT CAST(count(rowid) AS TEXT) FROM \(table.name)") == "0")
        }
    }

    @Test("nothing is left in any table, whichever of them had it")
    func everywhere() throws {
        let name = "qzxv-pump-17"
        let writer = try scratch.writer()
        let all = Self.everything(about: name)
        _ = try writer.commit(all, synced: false)
        try writer.consolidateAll(at: 10_000)
        for (episode, entity) in [(1, name), (2, "other")] {
            try scratch.execute(
                "INSERT INTO episode_event VALUES (\(episode), 1, 1, '\(entity)', 't', 'x')")
        }
        #expect(
            try scratch.tables(holding: name) == [
                "event", "topic", "decision", "decision_entity", "memory", "memory_link", "soul",
                "evidence", "episode", "episode_event", "rollup_minute", "checkpoint_part",
                "outbox",
            ])
        let event = try writer.beginForgetting(name)
        #expect(try scratch.tables(holding: name).contains("forgetting"))
        while try writer.stepForgetting() {}
        #expect(try scratch.tables(holding: name) == [])
        #expect(try scratch.files(holding: EntityForms(name).all) == [])
        let reader = try StoreReader(path: scratch.path)
        let done = try #require(try reader.forgetting(of: event))
        #expect(done.isDone && done.entity.isEmpty)
        #expect(
            done.counts == [
                "event": 5, "topic": 1, "decision": 2, "decision_entity": 2, "memory": 1,
                "checkpoint_part": 1, "memory_link": 1, "soul": 1, "evidence": 1, "episode": 1,
                "episode_event": 1, "rollup_minute": 1, "rollup_hour": 1, "rollup_day": 1,
                "rollup_place": 1,
            ])
        #expect(try writer.events().map(\.isTick) == [true, false, true, true, true, true, false])
        #expect(try reader.decisions().map(\.decision.id) == ["b"])
        #expect(try reader.ids("") == [2])
        #expect(try reader.episodes().map(\.entity) == ["other"])
        for table in ["soul", "evidence", "episode_event", "rollup_hour", "rollup_day"] {
            #expect(try scratch.text("SELECT CAST(count(*) AS TEXT) FROM \(table)") == "1")
        }
        #expect(try reader.rollUps(Self.days("other")).count == 1)
        #expect(try reader.rollUps(Self.days(name)).isEmpty)
        try writer.close()
    }

    /// Something in every table, and as much about another.
    private static func everything(about name: String) -> Batch {
        var all = batch([
            message(1, topic: "plant/a/\(name)/telemetry", payload: Array("{\"x\":1}".utf8)),
            message(2, topic: "plant/a/other/telemetry"),
            message(
                3, topic: "jamey/n/memory/store",
                payload: Array(#"{"layer":"semantic","content":"x","entity":"\#(name)"}"#.utf8)),
            Event(
                sequence: 4, at: Timestamp(microseconds: 4_000_000),
                body: .control(
                    .store(MemoryDraft(layer: .semantic, content: "c", entity: name)))),
            Event(
                sequence: 5, at: Timestamp(microseconds: 5_000_000),
                body: .control(.forgetEntity(name, author: ""))),
            message(6, topic: "gone/route", payload: Array("proposed".utf8)),
        ])
        all.decisions = [
            decision("a", of: 1, entity: name), decision("b", of: 2),
            decision("c", of: 6, entity: name),
        ]
        all.memories = [
            memory(3, "\(name) leaks", entity: name), memory(3, "dry", entity: "other"),
        ]
        all.publications = [publication("alerts/hot/\(name)"), publication("alerts/hot/other")]
        all.checkpoint = checkpoint(6, bytes: Array(name.utf8))
        all.changes = [.link(2, name, true)]
        for entity in [name, "other"] {
            all.souls.append(.evidence(Self.evidence(entity)))
            all.episodes.append(.opened(Self.episode(entity)))
            all.rollUps.append(Self.rollUp(entity))
        }
        return all
    }

    private static func evidence(_ entity: String) -> Evidence {
        Evidence(
            entity: entity, at: Timestamp(microseconds: 3_000_000), kind: .emotion(.joy),
            weight: Soul.piece, source: .person, origin: "ann", note: "\(entity) is fine",
            eventSequence: 3, before: 0.5, soul: Soul(at: Timestamp(microseconds: 3_000_000)))
    }

    private static func episode(_ entity: String) -> Episode {
        let at = Timestamp(microseconds: 1_000_000)
        return Episode(
            entity: entity, decisionID: entity == "other" ? "b" : "a", eventSequence: 1,
            openedAt: at, runUpFrom: at, followUp: .seconds(1), severity: "info")
    }

    private static func days(_ entity: String) -> RollUpQuery {
        RollUpQuery(entity: entity, resolution: .day, first: 0, last: 1)
    }

    private static func rollUp(_ entity: String) -> RollUp {
        var summary = Summary()
        summary.add(7)
        return RollUp(
            entity: entity, route: "r", period: 120, closed: 121,
            fields: [RollUp.Field(name: "temp", summary: summary)])
    }
}

extension Event {
    var isTick: Bool { if case .tick = body { true } else { false } }
}
