import Core
import Mind
import Proof
import ProofTestSupport
import Store
import Testing

@Suite("Recorded decisions against those that are made again")
struct ReplayTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func life(_ events: Int = 300) throws -> Recording {
        let recording = try Recording(PressRules.yaml())
        try recording.live(events, seed: seed)
        return recording
    }

    private func replay(_ recording: Recording) throws -> Replay {
        let history = try recording.history()
        return try history.replay(1...history.last.sequence)
    }

    @Test("they agree, and a crash and a start in between change nothing")
    func agrees() throws {
        let recording = try life()
        try recording.restart()
        try recording.live(200, seed: seed &+ 1)
        let found = try replay(recording)
        #expect(found.agrees, "seed \(seed): \(String(describing: found.first))")
        #expect(found.recorded == recording.decisions.count)
        #expect(found.activations >= 1)
        let again = try replay(recording)
        #expect(found.digest == again.digest && found.mindDigest == again.mindDigest)
    }

    @Test("more decisions than are read at once are held against the right events")
    func pages() throws {
        let recording = try life()
        let decision = try #require(recording.decisions.dropFirst(3).first)
        let rows = Limits.replayDecisionRows + 100
        // Behind the event's own, in the order of deciding.
        try recording.execute(
            """
            UPDATE decision SET row = row + 100000 WHERE event_seq > \(decision.eventSequence);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
            INSERT INTO decision SELECT 50000 + i, 'more', kind, at, event_seq, route, entity,
                positive, json FROM n, decision WHERE id = '\(decision.id)'
            """)
        let found = try replay(recording)
        #expect(found.differences == 1)
        #expect(found.recorded == recording.decisions.count + rows)
        #expect(found.first?.event.sequence == decision.eventSequence)
        #expect(found.first?.recorded?.id == "more")
        #expect(found.first?.replayed == nil)
    }

    @Test("the digest is of the range, wherever the fold begins, and tells one byte")
    func digest() throws {
        let recording = try life()
        let history = try recording.history()
        let events = history.last.sequence - 50...history.last.sequence
        let starts = history.starts.filter { $0.sequence < events.lowerBound }
        let digests = try starts.map { try history.replay(events, from: $0).digest }
        #expect(digests.count > 2 && Set(digests).count == 1, "seed \(seed)")
        let shorter = events.lowerBound...events.upperBound - 50
        #expect(try history.replay(shorter).digest != digests[0])
    }

    @Test("while an entity is being forgotten nothing is compared")
    func forgetting() throws {
        let recording = try life(100)
        let history = try recording.history()
        let digest = recording.mind.settings.forgottenDigest(of: "press-1")
        var batch = Batch()
        batch.events = [
            Event(
                sequence: recording.mind.sequence + 1, at: recording.at,
                body: .control(.forgotten(digest: digest, author: "")))
        ]
        batch.forget = "press-1"
        try recording.commit(batch)
        let sequence = recording.mind.sequence + 1
        #expect(throws: HistoryError.forgetting(sequence)) { try replay(recording) }
        #expect(throws: HistoryError.forgetting(sequence)) {
            try history.replay(1...history.last.sequence)
        }
        #expect(!HistoryError.forgetting(sequence).description.isEmpty)
    }

    @Test("of what somebody wrote into the store, and is too long to be told, the length is")
    func lengths() throws {
        let recording = try life()
        let bytes = Limits.toldDecisionBytesMax + 1
        let id = try #require(recording.decisions.first).id
        try recording.execute(
            """
            UPDATE decision SET json = zeroblob(\(bytes)), route = hex(zeroblob(3000))
            WHERE id = '\(id)'
            """)
        let history = try recording.history()
        let found = try replay(recording)
        let range = try HistorySpan(history)
        let report = try ReplayReport(found, range, in: history).json
        #expect(report.count < Limits.toldDecisionBytesMax)
        let first = try JSONScanner.scan(report)["first_difference"]
        #expect(first?["recorded"]?.string == "\(bytes) bytes: too many to be told")
        #expect(first?["replayed"]?["decision_id"]?.string == id)
        let route = first?["columns"]?.array?.first
        #expect(route?["column"]?.string == "route", "\(String(describing: first))")
        #expect(route?["recorded"]?.string == "6000 bytes: too many to be told")
    }

    @Test("what retention deletes between the two sides is no difference")
    func retention() throws {
        let recording = try life()
        let history = try recording.history()
        // As if it came between the event and its decisions.
        try recording.execute("DELETE FROM decision WHERE event_seq < 100")
        #expect(try !history.replay(1...history.last.sequence).agrees)
        let error = #expect(throws: HistoryError.self) {
            try history.replay(1...history.last.sequence) { _ in
                try? recording.execute("DELETE FROM event WHERE seq < 100")
            }
        }
        guard case .overtaken? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
