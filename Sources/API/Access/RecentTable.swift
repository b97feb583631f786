/// A bounded table that gives up what was used longest ago where something new needs the room.
///
/// Entries stand in one array, linked in the order of their use, so that a call takes the same
/// short time however full the table is: whoever floods it with keys wins no time by it.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Key
        var value: Value
        /// Places of the neighbours by use; nil at the ends.
        var older: Int?
        var newer: Int?
    }

    private let capacity: Int
    private var places: [Key: Int] = [:]
    private var entries: [Entry] = []
    private var oldest: Int?
    private var newest: Int?

    /// - Precondition: There is room for one.
    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// What stands under a key; looking is no use of it.
    subscript(key: Key) -> Value? { places[key].map { entries[$0].value } }

    /// Changes what stands under a key, which is now the one used last.
    ///
    /// - Parameter initial: What is changed where nothing stands there yet.
    mutating func update<Result>(
        _ key: Key, from initial: Value, _ change: (inout Value) -> Result
    ) -> Result {
        let place = places[key] ?? room(for: key, initial)
        unlink(place)
        linkAsNewest(place)
        return change(&entries[place].value)
    }

    private mutating func room(for key: Key, _ initial: Value) -> Int {
        if entries.count == capacity, let place = oldest {
            places[entries[place].key] = nil
            entries[place].key = key
            entries[place].value = initial
            places[key] = place
            return place
        }
        let place = entries.count
        entries.append(Entry(key: key, value: initial))
        places[key] = place
        linkAsNewest(place)
        return place
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (entries[place].older, entries[place].newer)
        if let older { entries[older].newer = newer } else { oldest = newer }
        if let newer { entries[newer].older = older } else { newest = older }
    }

    private mutating func linkAsNewest(_ place: Int) {
        entries[place].older = newest
        entries[place].newer = nil
        if let newest { entries[newest].newer = place } else { oldest = place }
        newest = place
    }
}
