import Core
import Mind
import Proof
import ProofTestSupport
import Store
import Testing

@Suite("What is read while an entity is being forgotten")
struct HalfForgottenTests {
    private let recording: Recording
    private let finder: RoutedEntity

    init() throws {
        recording = try Recording(PressRules.yaml())
        try recording.keepEverything(about: "press-1", besides: "press-2")
        let reader = try recording.reader()
        finder = RoutedEntity(
            "press-1",
            settings: .init(root: "jamey/edge-1", logID: try reader.logRange().logID),
            routes: try KnownRoutes().all(in: reader))
    }

    /// - Returns: whether there is more to do.
    private func step() throws -> Bool {
        let writer = recording.writer
        switch try writer.forgetStep(finder) {
        case .idle: return false
        case .more: while try writer.maintain() {}
        case .waiting(.checkpoint): try recording.checkpoint()
        case .waiting(.outbox):
            var batch = Batch()
            batch.confirmed = try writer.outbox(after: 0, limit: 100_000).map(\.id)
            try recording.commit(batch)
        case .waiting(.reader): Issue.record("a reader is in the way")
        }
        return true
    }

    /// Whatever there is to read of any entity, as text.
    private func readEverything() throws -> [String] {
        let reader = try recording.reader()
        var told: [String] = []
        for entity in ["press-1", "press-2"] {
            var records = EntityRecords(of: entity, in: reader, at: recording.at)
            var next: EntityRecords.Cursor? = .start
            while let place = next {
                let page = try records.next(behind: place, limit: 1_000)
                told += page.records.map { String(decoding: $0, as: UTF8.self) }
                next = page.next
            }
            told += try reader.memories(about: entity, limit: 100).map(\.memory.content)
        }
        for episode in try reader.episodes() { told.append(episode.entity) }
        for id in Int64(1)...6 {
            guard let episode = try reader.episode(id) else { continue }
            let messages = try reader.events(of: episode, limit: 100) { _ in [episode.entity] }
            told += messages.events.map(\.topic)
        }
        for id in MemoryID(1)...6 {
            told += try reader.links(of: id)
            if let memory = try reader.memory(id) { told.append(memory.memory.entity) }
        }
        told += try reader.souls().map(\.entity)
        told += try reader.souls(after: nil, limit: 100).map(\.entity)
        told += try reader.rolledUpEntities()
        told += try reader.decisions(DecisionQuery(limit: 100)).map(\.decision.entity)
        try reader.shadowDifferences { told.append($0.entity) }
        return try told + readPages(reader)
    }

    /// By the pages and lists that others read than an export.
    private func readPages(_ reader: StoreReader) throws -> [String] {
        var told: [String] = []
        for entity in [nil, "press-1", "press-2"] {
            let page = try reader.page(DecisionList(entity: entity, limit: 100))
            told += page.decisions.map { String(decoding: $0.decision.json, as: UTF8.self) }
        }
        told += try reader.decisions(of: 1...1_000).map(\.decision.entity)
        for entity in ["press-1", "press-2"] {
            let ids = (1...3).map { "\($0) of \(entity)" }
            told += try reader.acknowledgements(of: ids).values.map(\.entity)
            told += try reader.acknowledgements(about: entity).map { $0.acknowledgement.entity }
            told += try reader.mentions(of: EntityForms(entity)).tables.map {
                "\($0.rows) of \($0.table)"
            }
        }
        _ = try reader.hasRollUps(of: "press-1")
        #expect(try reader.hasRollUps(of: "press-2"))
        return told
    }

    @Test("after each step all of it can be read, no row that is only emptied is told")
    func steps() throws {
        let before = try readEverything()
        #expect(before.count > 100)
        let findings = try recording.reader().verifyAudit().findings
        try recording.beginForgetting("press-1", finder)
        var (steps, counts): (Int, Set<Int>) = (0, [])
        while try step() {
            let told = try readEverything()
            #expect(!told.contains { $0.contains("\0") || $0.contains("\\u0000") })
            #expect(try recording.reader().verifyAudit().findings == findings)
            counts.insert(told.count)
            steps += 1
        }
        // It was seen at many moments in between.
        #expect(steps > 15 && counts.count > 5, "\(steps) steps, \(counts)")
        #expect(!(try readEverything().contains { $0.contains("press-1") }))
    }
}
