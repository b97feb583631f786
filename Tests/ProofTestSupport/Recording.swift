import Core
import Mind
import Proof
import Store
import TestSupport

/// A store that is written as the agent writes it: each event with all that followed from it.
public final class Recording {
    private let home: TestDirectory
    public var path: String { home.path + "/jamey.db" }
    public private(set) var writer: StoreWriter
    public private(set) var mind: Mind
    public private(set) var at = Timestamp(microseconds: 1_700_000_000_000_000)
    /// What was decided, in order.
    public private(set) var decisions: [Decision] = []

    public init(_ rules: String? = nil) throws {
        home = try TestDirectory("proof")
        writer = try StoreWriter(
            path: home.path + "/jamey.db", durability: .process,
            options: StoreOptions(logID: "0123abcd"))
        try writer.remember(root: "jamey/edge-1")
        mind = Mind(settings: .init(root: "jamey/edge-1", logID: writer.logID))
        if let rules { try activate(rules) }
    }

    /// Anything of one's own.
    public func commit(_ batch: Batch) throws {
        _ = try writer.commit(batch, synced: false)
        while try writer.maintain() {}
    }

    public func reader() throws -> StoreReader { try StoreReader(path: path) }
    public func history() throws -> History { try History(try reader()) }

    public func activate(_ yaml: String, after: Duration = .seconds(1)) throws {
        let set = try RuleSetLoader.load([RuleFile(name: "rules.yaml", text: yaml)])
        let event = next(.ruleset(digest: set.digest), after)
        var batch = Batch(event, mind.activate(set, by: event))
        batch.ruleset = StoredRuleset(
            digest: set.digest, activatedAt: event.at,
            files: set.files.map { .init(name: $0.name, text: $0.text) })
        try keep(batch)
    }

    /// - Returns: what it led to; it is in the log where the rules record it.
    @discardableResult
    public func hear(
        _ topic: String, _ text: String, after: Duration = .seconds(1)
    ) throws -> Outcome {
        let message = Message(topic: topic, payload: Array(text.utf8), qos: .atLeastOnce)
        return try perceive(next(.message(message), after))
    }

    @discardableResult
    public func tick(after: Duration = .seconds(1)) throws -> Outcome {
        try perceive(next(.tick, after))
    }

    @discardableResult
    public func control(
        _ request: ControlRequest, after: Duration = .seconds(1)
    ) throws -> Outcome {
        try perceive(next(.control(request), after))
    }

    /// Has an entity forgotten from the next event on; the steps are the caller's.
    public func beginForgetting(_ entity: String, _ finder: some EntityFinder) throws {
        let digest = mind.settings.forgottenDigest(of: entity)
        let event = next(.control(.forgotten(digest: digest, author: "ada")), .seconds(1))
        var batch = Batch(event, mind.perceive(event))
        batch.forget = entity
        _ = try writer.commit(batch, synced: false)
        writer.renewTopics(finder)
    }

    /// What an agent does of its own accord.
    public func checkpoint() throws {
        var batch = Batch()
        batch.checkpoint = StoredCheckpoint(
            sequence: mind.sequence, at: mind.now, bytes: mind.checkpoint())
        batch.acknowledgedThrough = mind.sequence
        try commit(batch)
    }

    /// Lets retention delete everything through an event that it may.
    public func trim(before moment: Timestamp) throws {
        while try writer.trim(maxAge: .zero, maxBytes: .max, now: moment).isMore {}
        while try writer.maintain() {}
    }

    /// Runs SQL behind the store's back.
    public func execute(_ sql: String) throws { try SQL.run(sql, path) }

    /// As after a crash: the mind is made again from the newest checkpoint.
    public func restart() throws {
        let history = try history()
        mind = try history.mind(before: history.last.sequence + 1)
    }

    private func next(_ body: Event.Body, _ after: Duration) -> Event {
        at = at + after
        return Event(sequence: mind.sequence + 1, at: at, body: body)
    }

    private func perceive(_ event: Event) throws -> Outcome {
        let outcome = mind.perceive(event)
        if outcome.isRecorded { try keep(Batch(event, outcome)) }
        return outcome
    }

    private func keep(_ batch: Batch) throws {
        try commit(batch)
        decisions += batch.decisions
    }
}
