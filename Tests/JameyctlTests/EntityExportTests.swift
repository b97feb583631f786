import Core
import Proof
import Testing

@testable import Store
@testable import jameyctl

@Suite("jameyctl memory export")
struct EntityExportTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let rules = """
        routes:
          - { name: heard, topic: 'plant/{device}', entity: '{device}' }

        """

    private static let at = Timestamp(microseconds: 1_000_000)

    private static func memory(_ content: String, entity: String) -> Memory {
        Memory(
            layer: .semantic, entity: entity, at: at, content: content, tags: ["old"],
            rule: "overheat", decisionID: "id-1", eventSequence: 1)
    }

    private static func evidence(_ entity: String) -> Evidence {
        var soul = Soul(at: at)
        soul.record(.joy, weight: Soul.piece, at: at, halfLife: Soul.halfLifeDefault)
        return Evidence(
            entity: entity, at: at, kind: .emotion(.joy), weight: Soul.piece, source: .rule,
            origin: "overheat", decisionID: "id-1", note: "well", eventSequence: 1, before: 0.5,
            soul: soul, heard: at...at)
    }

    private static func episode(_ entity: String) -> [EpisodeChange] {
        var episode = Episode(
            entity: entity, decisionID: "opened by \(entity)", eventSequence: 1, openedAt: at,
            runUpFrom: at, followUp: .seconds(1), severity: "warning",
            triggers: [
                Episode.Trigger(
                    kind: .alert, name: "overheat", decisionID: "id-1", message: "hot", since: at)
            ],
            changes: [Episode.Change(field: "temp", before: 70, after: 60.5)])
        let opened = EpisodeChange.opened(episode)
        episode.endedAt = at
        return [opened, .closed(episode, at: at + .seconds(1), summary: "it was hot")]
    }

    private static func rollUp(_ entity: String) -> RollUp {
        var summary = Summary()
        summary.add(7)
        summary.add(9)
        return RollUp(
            entity: entity, route: "heard", period: 121, closed: 122,
            fields: [RollUp.Field(name: "temp", summary: summary)])
    }

    private static func difference(_ entity: String) -> ShadowDifference {
        ShadowDifference(
            kind: .score, source: .rules, at: at, eventSequence: 1, route: "heard", entity: entity,
            rules: ["overheat"], active: "sha256:1", shadow: "sha256:1",
            json: Array(#"{"kind":"score","entity":"\#(entity)"}"#.utf8))
    }

    /// One of each kind about press-7, and as much about another.
    private func fill() throws {
        let writer = try scratch.writer()
        var all = Batch()
        all.ruleset = StoredRuleset(
            digest: "sha256:1", activatedAt: Self.at,
            files: [.init(name: "a.yaml", text: Self.rules)])
        for (number, entity) in [(1, "press-7"), (2, "other")] {
            let heard = Message(topic: "plant/\(entity)", payload: Array("{}".utf8))
            all.events.append(message(EventSequence(number), heard))
            all.decisions.append(decision(number, entity: entity))
            all.memories.append(Self.memory("\(entity) leaks", entity: entity))
            all.souls.append(.evidence(Self.evidence(entity)))
            all.episodes += Self.episode(entity)
            all.rollUps.append(Self.rollUp(entity))
            all.differences.append(Self.difference(entity))
        }
        all.changes = [.link(2, "press-7", true)]
        _ = try writer.commit(all, synced: false)
        let later = Resolution.minute.start(of: 10_000)
        while try writer.consolidate(at: later, isOver: { false }) {}
        for entity in ["press-7", "other"] {
            try writer.acknowledge(
                Acknowledgement(
                    decisionID: "of \(entity)", rule: "overheat", entity: entity, at: Self.at,
                    actor: Actor(name: "ann", address: "unix"), note: "seen"))
        }
        try writer.close()
        // As retention keeps them when it deletes the events.
        let connection = try Connection(path: scratch.store, vfs: nil)
        for (episode, entity) in [(1, "press-7"), (2, "other")] {
            try connection.execute(
                "INSERT INTO episode_event VALUES "
                    + "(\(episode), 1, 1000001, '\(entity)', 'plant/\(entity)', x'7b7d')")
        }
        connection.close()
    }

    /// What stands in the lines, by kind.
    private func export(_ entity: String) throws -> [(kind: String, value: JSONValue)] {
        let arguments = ["memory", "export", "--entity", entity, "--database", scratch.store]
        let result = try Command(arguments).wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        return try result.lines.map { line in
            let members = try JSONScanner.scan(Array(line.utf8)).object?.members ?? []
            #expect(members.count == 1, "\(line)")
            let member = try #require(members.first)
            return (member.name, member.value)
        }
    }

    private static let memoryMembers = [
        "id", "layer", "entity", "content", "tags", "created_at", "rule", "decision_id",
        "event_seq", "importance", "pinned",
    ]
    private static let pointMembers = [
        "entity", "route", "field", "time", "count", "min", "max", "mean", "last", "stddev",
    ]

    /// In the order of an export.
    private static let kinds: [(name: String, members: [String])] = [
        ("event", ["seq", "at", "topic", "qos", "retain", "payload"]),
        ("decision", ["number", "explanation"]),
        ("memory", memoryMembers),
        ("memory_link", memoryMembers + ["linked_to"]),
        (
            "soul",
            [
                "entity", "trust", "mood", "emoji", "empathy", "evidence_for", "evidence_against",
                "changes", "changed_at", "event_seq", "first_seen", "last_seen",
            ]
        ),
        (
            "evidence",
            [
                "at", "emotion", "emoji", "weight", "source", "origin", "decision_id", "note",
                "event_seq", "trust_before", "trust", "left", "effect",
            ]
        ),
        (
            "episode",
            [
                "id", "entity", "severity", "opened_at", "ended_at", "closed_at", "run_up_from",
                "decision_id", "event_seq", "triggers", "further_triggers", "changes", "summary",
                "messages_kept", "messages_left_out",
            ]
        ),
        ("episode_event", ["episode", "seq", "at", "topic", "payload"]),
        ("rollup_minute", pointMembers), ("rollup_hour", pointMembers),
        ("rollup_day", pointMembers),
        ("shadow_difference", ["kind", "entity"]),
        ("alert_ack", ["decision_id", "rule", "entity", "at", "by", "from", "note"]),
    ]

    @Test("each kind of line has its members, and nothing of others is there")
    func kinds() throws {
        try fill()
        let lines = try export("press-7")
        #expect(lines.map(\.kind) == Self.kinds.map(\.name))
        for (line, kind) in zip(lines, Self.kinds) {
            #expect(line.value.object?.members.map(\.name) == kind.members, "\(kind.name)")
        }
    }

    @Test("values are those that other commands tell: times, pieces, lists")
    func values() throws {
        try fill()
        let lines = Dictionary(
            try export("press-7").map { ($0.kind, $0.value) }, uniquingKeysWith: { $1 })
        func text(_ kind: String, _ member: String) -> String? { lines[kind]?[member]?.string }
        #expect(text("event", "at") == "1970-01-01T00:00:01.000001Z")
        #expect(text("memory", "content") == "press-7 leaks")
        #expect(text("memory_link", "content") == "other leaks")
        #expect(lines["memory_link"]?["linked_to"]?.array?.map(\.string) == ["press-7"])
        #expect(lines["soul"]?["changes"]?.int == 1)
        #expect(text("soul", "changed_at") == "1970-01-01T00:00:01.000Z")
        #expect(text("evidence", "emotion") == "joy" && text("evidence", "note") == "well")
        #expect(lines["evidence"]?["weight"]?.double == 1)
        #expect(lines["episode"]?["triggers"]?.array?.first?["name"]?.string == "overheat")
        #expect(lines["episode"]?["changes"]?.array?.first?["before"]?.double == 70)
        #expect(text("episode", "closed_at") == "1970-01-01T00:00:02.000Z")
        #expect(lines["episode_event"]?["episode"]?.int == 1)
        #expect(text("episode_event", "payload") == "{}")
        for (kind, time) in [("minute", "02:01"), ("hour", "02:00"), ("day", "00:00")] {
            #expect(text("rollup_\(kind)", "time") == "1970-01-01T\(time):00.000Z")
            #expect(lines["rollup_\(kind)"]?["mean"]?.double == 8, "\(kind)")
            #expect(text("rollup_\(kind)", "entity") == "press-7")
        }
        #expect(text("shadow_difference", "entity") == "press-7")
        #expect(text("alert_ack", "at") == "1970-01-01T00:00:01.000Z")
        #expect(text("alert_ack", "by") == "ann" && text("alert_ack", "note") == "seen")
    }

    @Test("hours are told also where they are far apart, and of minutes that are in none yet")
    func hours() throws {
        let writer = try scratch.writer()
        var all = Batch()
        all.events = [message(1)]
        let apart = Limits.exportSlicePeriods * 60 * 2
        for number in Int64(0)...2 {
            var rollUp = Self.rollUp("press-7")
            rollUp.period += number * apart
            rollUp.closed += number * apart
            all.rollUps.append(rollUp)
        }
        _ = try writer.commit(all, synced: false)
        func count(_ kind: String) throws -> Int {
            try export("press-7").filter { $0.kind == kind }.count
        }
        #expect(try count("rollup_minute") == 3 && count("rollup_hour") == 3)
        let later = Resolution.minute.start(of: 121 + apart + 1_000)
        while try writer.consolidate(at: later, isOver: { false }) {}
        #expect(try count("rollup_minute") == 3 && count("rollup_hour") == 3)
        #expect(try count("rollup_day") == 3)
        try writer.close()
    }

    @Test("every table from which forgetting deletes rows of an entity has a kind of line")
    func tables() {
        #expect(
            EntityRecords.tables == Set(EntityTraces.rows.map(\.name)),
            "add a kind to EntityRecords, to docs/memory.md and to `kinds` above")
    }
}
