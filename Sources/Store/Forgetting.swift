import Core

/// How far the forgetting of an entity is: a row of the store, so that it goes on after a crash.
public struct Forgetting: Equatable, Sendable {
    /// What is done, in this order.
    public enum Phase: Int64, Sendable, CaseIterable {
        /// A checkpoint of the mind without the entity takes the place of those before. It comes
        /// first, so that no start folds a log of which a part is erased.
        case checkpoints
        /// Events up to its own, one slice after the other.
        case events
        /// The other tables' rows are filled with zeros, then deleted.
        case emptying, deleting
        /// Hours and days, which have no name in them, and where minutes are.
        case rollUps
        /// The full-text index is merged: until then it has the words.
        case index
        case topics
        /// What was to be published when it began has left.
        case outbox
        /// Free pages go back to the file system.
        case space
        /// The write-ahead log is emptied.
        case log
        case done
    }

    /// What it cannot go on without, as it is told.
    public enum Cause: String, Sendable {
        /// One that began before.
        case earlier
        /// Publications that name the entity wait for it.
        case broker
        /// Somebody looks at the write-ahead log.
        case reader
    }

    /// Its event: what came after that is a new acquaintance.
    public var sequence: EventSequence
    /// Empty once nothing else in the store has it.
    public var entity: String
    public internal(set) var phase = Phase.checkpoints
    /// Which part of the phase, and how far in it.
    public internal(set) var step = 0
    public internal(set) var place: Int64 = 0
    /// By table, the last row that was there when it began.
    var through: [String: Int64] = [:]
    /// By table, the rows that were erased.
    public internal(set) var counts: [String: Int] = [:]

    public var isDone: Bool { phase == .done }

    /// What it waits for where it is the one that is under way.
    public var cause: Cause? {
        switch phase {
        case .outbox: .broker
        case .log: .reader
        case .checkpoints, .events, .emptying, .deleting, .rollUps, .index, .topics, .space, .done:
            nil
        }
    }

    mutating func count(_ table: String, _ rows: Int) {
        if rows > 0 { counts[table, default: 0] += rows }
    }

    mutating func go(to next: Phase) { (phase, step, place) = (next, 0, 0) }

    // MARK: In its row

    /// Whether topics of the entity may still be there to be deleted.
    public var hasTopics: Bool { phase.rawValue <= Phase.topics.rawValue }
    /// The newest that was there when it began.
    public var topicsThrough: Int64 { through["topic"] ?? 0 }

    static let columns = "event_seq, entity, phase, step, place, through, counts"

    /// Names and numbers in the order of the names.
    static func json(_ numbers: [(String, Int64)]) -> String {
        let bytes = JSONWriter.object { json in
            for (name, number) in numbers.sorted(by: { $0.0 < $1.0 }) { json.member(name, number) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func numbers(_ text: String) -> [String: Int64]? {
        guard case .object(let object)? = try? JSONScanner.scan(Array(text.utf8)) else {
            return nil
        }
        var numbers: [String: Int64] = [:]
        for member in object.members { numbers[member.name] = member.value.int }
        return numbers
    }

    /// nil of a row that we did not write.
    init?(
        sequence: EventSequence, entity: String, phase: Int64, step: Int64, place: Int64,
        through: String, counts: String
    ) {
        guard let phase = Phase(rawValue: phase), let through = Self.numbers(through),
            let counts = Self.numbers(counts)
        else { return nil }
        (self.sequence, self.entity, self.phase) = (sequence, entity, phase)
        (self.step, self.place, self.through) = (Int(step), place, through)
        self.counts = counts.mapValues { Int($0) }
    }
}

/// What one step of a forgetting came to.
public enum ForgetStep: Equatable, Sendable {
    /// Nothing is to be forgotten.
    case idle
    /// Call again soon.
    case more
    /// Call again after a while: it cannot go on by itself.
    case waiting(Wait)

    public enum Wait: Equatable, Sendable {
        /// Commit a checkpoint of the mind as it is now.
        case checkpoint
        /// Publications that name the entity still wait for the broker.
        case outbox
        /// A reader looks at the write-ahead log.
        case reader
    }
}

/// The work as the writer holds it.
struct ForgetWork {
    var job: Forgetting

    /// Whether rows of it may be half gone.
    var isErasing: Bool {
        (Forgetting.Phase.emptying.rawValue...Forgetting.Phase.rollUps.rawValue)
            .contains(job.phase.rawValue)
            && !(job.phase == .emptying && job.step == 0 && job.place == 0)
    }
    /// What the topics of the dictionary say, as far as they were asked for.
    var traces: [Int64: TopicTrace] = [:]
    /// Deleted content is overwritten on this connection.
    var isSecure = false
    /// Erased messages that the broker may repeat, until they are taken.
    var repeatable: [TailEntry] = []
}
