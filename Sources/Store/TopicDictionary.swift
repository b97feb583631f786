import Core

/// The topics of the log by number: what lets an event row hold one byte for its topic.
///
/// All of it is in memory, bounded by `Limits.dictionaryTopicsMax` topics of at most
/// `Limits.dictionaryTopicBytesMax` bytes; a topic beyond either bound is written out in its row.
/// Follows the transaction: what `place` added is kept by `keep` and taken back by `rollBack`.
struct TopicDictionary {
    /// How an event row names its topic.
    enum Place: Equatable {
        case known(id: Int64)
        /// The row of this topic must be written with the event.
        case new(id: Int64)
        case writtenOut
    }

    private struct Entry {
        var id: Int64
        var lastUsed: EventSequence
    }

    /// By their bytes: two topics that only look alike are two.
    private var numbers = TextNumbers()
    /// By the topic's number; of a removed one what it had.
    private var entries: [Entry] = []
    private var nextID: Int64 = 1
    private var added: [String] = []

    var count: Int { numbers.count }

    /// Adds a topic of the file. Which event used it last is not stored: no later than the last.
    ///
    /// Where a forgetting was interrupted, a topic can be there twice: the later one is in use.
    mutating func load(_ name: String, id: Int64, lastUsed: EventSequence) {
        let entry = Entry(id: id, lastUsed: lastUsed)
        if let number = numbers.number(of: name) {
            entries[number] = entry
        } else {
            add(name, entry)
        }
        nextID = max(nextID, id + 1)
    }

    private mutating func add(_ name: String, _ entry: Entry) {
        let number = numbers.add(name)
        if number < entries.count { entries[number] = entry } else { entries.append(entry) }
    }

    mutating func place(of topic: String, usedBy sequence: EventSequence) -> Place {
        if let number = numbers.number(of: topic) {
            entries[number].lastUsed = sequence
            return .known(id: entries[number].id)
        }
        guard topic.utf8.count <= Limits.dictionaryTopicBytesMax,
            count < Limits.dictionaryTopicsMax
        else { return .writtenOut }
        let id = nextID
        nextID += 1
        add(topic, Entry(id: id, lastUsed: sequence))
        added.append(topic)
        return .new(id: id)
    }

    /// The transaction is in the file.
    mutating func keep() { added.removeAll(keepingCapacity: true) }

    /// The transaction never was.
    mutating func rollBack() {
        for topic in added { remove(topic) }
        added.removeAll(keepingCapacity: true)
    }

    /// Topics that no event at or after the sequence uses; at most `limit`, in no order.
    func unused(before sequence: EventSequence, limit: Int) -> [(name: String, id: Int64)] {
        var found: [(name: String, id: Int64)] = []
        for (number, name) in numbers.all where entries[number].lastUsed < sequence {
            guard found.count < limit else { break }
            found.append((name, entries[number].id))
        }
        return found
    }

    /// Removes what this is true of, up to a number.
    mutating func removeAll(through id: Int64, where isWanted: (String) -> Bool) {
        let wanted = numbers.all.filter { entries[$0.number].id <= id && isWanted($0.text) }
        for topic in wanted { remove(topic.text) }
    }

    mutating func remove(_ name: String) { _ = numbers.remove(name) }
}
