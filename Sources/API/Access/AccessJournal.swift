import Core

/// What is to be in the audit chain of who came to the API, and what became of it.
///
/// A refusal, a lock-out or a change is handed out at once; the same again within the minute is
/// counted, and handed out when the minute is over. Authentications that succeed are only counted,
/// by who and from where (decision 0026). Addresses that one party has are one place, which is told
/// by the first of them (`AddressBlock`). What finds no room is counted too, and told with the
/// next. A pure value; the caller reads the clock.
struct AccessJournal: Sendable {
    /// What is the same again.
    private struct Subject: Hashable, Sendable {
        var kind: AccessRecord.Kind
        var name: String
        /// One party is one subject, however many addresses it has.
        var block: AddressBlock
        var what: String
        var reason: String

        init(_ record: AccessRecord) {
            kind = record.kind
            name = record.actor.name
            block = AddressBlock(record.actor.address)
            what = record.what
            reason = record.reason
        }
    }

    /// Subjects that have room together: who came with a name is not crowded out by who did not.
    private struct Pool: Hashable, Sendable {
        var kind: AccessRecord.Kind
        var isNamed: Bool
    }

    /// Whose refusals have a share of their pool: a name's, or, of who has none, an address's.
    private struct Sender: Hashable, Sendable {
        var name: String
        var block: AddressBlock?

        init(_ subject: Subject) {
            name = subject.name
            block = subject.name.isEmpty ? subject.block : nil
        }
    }

    private struct Tally: Sendable {
        /// When the first of the counted happened.
        var at: Timestamp
        var count: Int
        /// From where the first one of this minute came.
        var address: String
    }

    /// The minute that is counted, since 1970.
    private var minute = Int64.min
    private var tallies: [Subject: Tally] = [:]
    /// Subjects of this minute, so that a flood of refusals leaves room for the others.
    private var subjects: [Pool: Int] = [:]
    /// Of these the refusals, so that one sender leaves room for others.
    private var refusals: [Sender: Int] = [:]
    private var ready: [AccessRecord] = []
    /// Not among the ready ones, by kind: what let somebody in is not to count as a refusal.
    private var omitted: [AccessRecord.Kind: Int] = [:]

    /// The reason of a record that stands for those that found no room.
    static let omission = "OMITTED"

    /// - Returns: Whether something is to be written down now.
    mutating func note(_ record: AccessRecord) -> Bool {
        turnOver(at: record.at)
        let subject = Subject(record)
        if var tally = tallies[subject] {
            if tally.count == 0 { tally.at = record.at }
            tally.count += record.count
            tallies[subject] = tally
            return false
        }
        guard takePlace(for: subject) else {
            omitted[record.kind, default: 0] += record.count
            return false
        }
        let isCountedOnly = record.kind == .authenticated
        tallies[subject] = Tally(
            at: record.at, count: isCountedOnly ? record.count : 0, address: record.actor.address)
        if !isCountedOnly { append(record) }
        return !isCountedOnly
    }

    /// - Returns: false: there is none, and none was taken.
    private mutating func takePlace(for subject: Subject) -> Bool {
        let pool = Pool(kind: subject.kind, isNamed: !subject.name.isEmpty)
        guard subjects[pool, default: 0] < Limits.accessSubjectsMax else { return false }
        if subject.kind == .refused {
            let sender = Sender(subject)
            guard refusals[sender, default: 0] < Limits.accessRefusalsOfOne else { return false }
            refusals[sender, default: 0] += 1
        }
        subjects[pool, default: 0] += 1
        return true
    }

    /// What is to be written down by now, at most `Limits.accessRecordsAtOnce` at a time.
    ///
    /// - Parameter isFinal: with what the minute has so far: nothing comes after it.
    mutating func take(at now: Timestamp, isFinal: Bool = false) -> [AccessRecord] {
        turnOver(at: now, isForced: isFinal)
        var records = Array(ready.prefix(Limits.accessRecordsAtOnce))
        ready.removeFirst(records.count)
        guard ready.isEmpty else { return records }
        for kind in AccessRecord.Kind.allCases where records.count < Limits.accessRecordsAtOnce {
            guard let count = omitted.removeValue(forKey: kind) else { continue }
            records.append(
                AccessRecord(
                    at: now, actor: Actor(name: "", address: ""), kind: kind, what: "",
                    reason: Self.omission, count: count))
        }
        return records
    }

    /// They could not be written down.
    mutating func giveBack(_ records: [AccessRecord]) {
        let later = ready
        ready = []
        for record in records + later {
            guard record.reason == Self.omission else {
                append(record)
                continue
            }
            omitted[record.kind, default: 0] += record.count
        }
    }

    private mutating func append(_ record: AccessRecord) {
        if ready.count < Limits.accessRecordsMax {
            ready.append(record)
        } else {
            omitted[record.kind, default: 0] += record.count
        }
    }

    private mutating func turnOver(at now: Timestamp, isForced: Bool = false) {
        let current = now.microseconds / 60_000_000
        guard current != minute || isForced else { return }
        minute = current
        let counted = tallies.filter { $0.value.count > 0 }.map { subject, tally in
            AccessRecord(
                at: tally.at, actor: Actor(name: subject.name, address: tally.address),
                kind: subject.kind, what: subject.what, reason: subject.reason,
                count: tally.count)
        }
        tallies = [:]
        subjects = [:]
        refusals = [:]
        let inOrder = counted.sorted {
            ($0.at, $0.what, $0.actor.name, $0.actor.address)
                < ($1.at, $1.what, $1.actor.name, $1.actor.address)
        }
        for record in inOrder { append(record) }
    }
}
