import Core
import Mind
import Proof
import ProofTestSupport
import Store
import Testing

@Suite("The recorded history, folded again")
struct HistoryTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func life(_ events: Int = 600, checkpointEvery interval: Int64 = 100) throws
        -> Recording
    {
        let recording = try Recording(PressRules.yaml())
        try recording.live(events, seed: seed, checkpointEvery: interval)
        return recording
    }

    private func decided(
        _ history: History, from start: History.Start
    ) throws -> [Decision] {
        var mind = try #require(try history.mind(at: start))
        var found: [Decision] = []
        try history.fold(&mind, through: history.last.sequence) { _, outcome in
            found += outcome.decisions
            return true
        }
        return found
    }

    @Test("from the beginning and from every checkpoint, the same is decided and known")
    func same() throws {
        let recording = try life()
        let history = try recording.history()
        #expect(history.starts.count > 4, "seed \(seed)")
        #expect(history.first.sequence == 1)
        #expect(history.last.sequence == recording.mind.sequence)
        #expect(try history.reach() == history.first)
        for start in history.starts {
            let wanted = recording.decisions.filter { $0.eventSequence > start.sequence }
            #expect(try decided(history, from: start) == wanted, "seed \(seed)")
        }
        let mind = try history.mind(before: history.last.sequence)
        #expect(mind.sequence == history.last.sequence - 1)
    }

    @Test("a fold for the reasons of an event ends when nobody waits any longer")
    func ended() throws {
        let recording = try life(250, checkpointEvery: 1_000)
        let history = try recording.history()
        var looks = 0
        #expect(throws: HistoryError.ended) {
            try history.reasons(of: history.last.sequence) {
                looks += 1
                return looks == 2
            }
        }
        #expect(looks == 2)
        let reasons = try history.reasons(of: recording.mind.sequence)
        #expect(reasons.start == 0)
    }

    @Test("the mind before each event is shown, and is that which was")
    func before() throws {
        let recording = try life(250, checkpointEvery: 60)
        let history = try recording.history()
        var mind = try history.mindAtStart(before: 1)
        var minds: [[UInt8]] = []
        try history.fold(
            &mind, through: history.last.sequence,
            before: { mind, event in
                #expect(mind.sequence == event.sequence - 1)
                minds.append(mind.checkpoint())
            }
        ) { _, _ in true }
        #expect(minds.count == Int(history.last.sequence))
        for sequence in stride(from: EventSequence(1), through: history.last.sequence, by: 41) {
            let mind = try history.mind(before: sequence)
            #expect(mind.checkpoint() == minds[Int(sequence) - 1], "seed \(seed), \(sequence)")
        }
        #expect(mind.checkpoint() == recording.mind.checkpoint())
    }

    @Test("a fold ends where its body says so, and goes on from there")
    func cancel() throws {
        let history = try life(100).history()
        var mind = try history.mindAtStart(before: 1)
        var pages = 0
        try history.fold(&mind, through: 50, progress: { _ in pages += 1 }) { event, _ in
            event.sequence < 20
        }
        #expect(mind.sequence == 20)
        #expect(pages == 0)
        try history.fold(&mind, through: 50, progress: { _ in pages += 1 }) { _, _ in true }
        #expect(mind.sequence == 50)
        #expect(pages == 1)
    }

    @Test("what retention has deleted is out of reach, and said so with what is not")
    func outOfReach() throws {
        let recording = try life(600)
        let checkpointed = recording.mind.sequence
        try recording.live(50, seed: seed &+ 1, checkpointEvery: 1_000)
        let moment = try #require(try recording.reader().position(of: 250))
        // The newest two are at the end, so that much may go.
        try recording.checkpoint()
        try recording.trim(before: moment.at)
        let history = try recording.history()
        #expect(history.first.sequence >= 240 && history.first.sequence < checkpointed)
        let reach = try #require(try history.reach())
        #expect(reach.sequence == history.starts[0].sequence + 1)
        #expect(throws: HistoryError.outOfReach(1, since: reach)) {
            try history.mind(before: 1)
        }
        #expect(throws: HistoryError.outOfReach(0, since: reach)) {
            try history.start(before: 0)
        }
        let far = history.last.sequence + 2
        #expect(throws: HistoryError.notYet(far, last: history.last)) {
            try history.start(before: far)
        }
        for start in history.starts {
            let wanted = recording.decisions.filter { $0.eventSequence > start.sequence }
            #expect(try decided(history, from: start) == wanted, "seed \(seed)")
        }
    }

    @Test("what retention deletes under a fold ends it")
    func overtaken() throws {
        let recording = try life(300)
        let history = try recording.history()
        var mind = try history.mindAtStart(before: 1)
        try history.fold(&mind, through: 10) { _, _ in true }
        try recording.trim(before: recording.at)
        let first = try recording.history().first.sequence
        #expect(first > 11)
        #expect(throws: HistoryError.overtaken(11)) {
            try history.fold(&mind, through: first + 1) { _, _ in true }
        }
        #expect(throws: HistoryError.overtaken(11)) {
            try history.fold(&mind, through: 20) { _, _ in true }
        }
        #expect(mind.sequence == 10)
    }

    @Test("a checkpoint of another version serves nobody, the log's beginning does")
    func otherVersion() throws {
        let recording = try life(200, checkpointEvery: 1_000)
        var batch = Batch()
        batch.checkpoint = StoredCheckpoint(
            sequence: 100, at: recording.at, bytes: [1, 2, 3])
        batch.acknowledgedThrough = recording.mind.sequence
        try recording.commit(batch)
        #expect(try recording.history().starts.map(\.sequence) == [0])
        try recording.trim(before: recording.at)
        let history = try recording.history()
        #expect(history.starts.isEmpty)
        #expect(try history.reach() == nil)
        #expect(throws: HistoryError.outOfReach(150, since: nil)) {
            try history.mind(before: 150)
        }
    }

    @Test("where a checkpoint is damaged, the one before it serves")
    func damaged() throws {
        let recording = try life(300)
        let history = try recording.history()
        let sound = try #require(history.starts.last { $0.sequence < 150 })
        var batch = Batch()
        var bytes = recording.mind.checkpoint()
        bytes[bytes.count / 2] ^= 1
        batch.checkpoint = StoredCheckpoint(sequence: 150, at: recording.at, bytes: bytes)
        try recording.commit(batch)
        let again = try recording.history()
        #expect(again.starts.contains { $0.sequence == 150 })
        #expect(try again.mindAtStart(before: 160).sequence == sound.sequence)
        #expect(try again.mind(before: 160).checkpoint() == history.mind(before: 160).checkpoint())
    }

    @Test("an empty log, one without its root, and one without its rules are told apart")
    func errors() throws {
        let recording = try Recording()
        #expect(throws: HistoryError.empty) { try recording.history() }
        try recording.activate(PressRules.yaml())
        let digest = try #require(recording.mind.ruleset?.digest)
        let history = try recording.history()
        #expect(throws: HistoryError.notYet(2, last: history.last)) {
            var mind = try history.mindAtStart(before: 1)
            try history.fold(&mind, through: 2) { _, _ in true }
        }
        try recording.execute("UPDATE ruleset_file SET text = 'routes: 7'")
        let other = try recording.history()
        let error = #expect(throws: HistoryError.self) { try other.decideAll() }
        guard case .rulesetNotUnderstood(digest, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try recording.execute("DELETE FROM ruleset")
        #expect(throws: HistoryError.rulesetMissing(digest)) {
            try recording.history().decideAll()
        }
        try recording.execute("DELETE FROM meta WHERE key = 'root'")
        #expect(throws: HistoryError.rootUnknown) { try recording.history() }
        for error in [
            HistoryError.empty, .rootUnknown, .overtaken(1), .rulesetMissing(""),
            .outOfReach(1, since: nil), .outOfReach(1, since: history.last),
            .notYet(1, last: history.last), .store(.busy("")),
            .rulesetNotUnderstood("", reason: ""),
        ] {
            #expect(!error.description.isEmpty)
        }
    }
}

extension History {
    @discardableResult
    fileprivate func decideAll() throws(HistoryError) -> [Decision] {
        var mind = try mindAtStart(before: 1)
        var found: [Decision] = []
        try fold(&mind, through: last.sequence) { (_, outcome) throws(HistoryError) in
            found += outcome.decisions
            return true
        }
        return found
    }
}
