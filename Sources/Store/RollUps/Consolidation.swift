import Core

/// Minutes of one window on their way into hours and days.
///
/// A window is the hour from five minutes past to five minutes past by the time of closing, so
/// that nearly all minutes of an hour come in one. What a window comes to is a fold over its rows
/// in their order, however often it is interrupted and begun anew.
struct Consolidation {
    /// What one entity's minutes on one route come to in one hour.
    struct Part {
        /// `EntityKey` of the entity.
        let key: Int64
        let route: String
        let hour: Int64
        var fields: [RollUp.Field] = []
        var rows: [Int64] = []
    }

    private struct Key: Hashable {
        let entity: ExactText
        let route: ExactText
        let hour: Int64
    }

    /// The last row that was read; those after the one that was consolidated before.
    private(set) var lastRow: Int64
    /// nil before the first row.
    private(set) var window: Int64?
    private var places: [Key: Int] = [:]
    private(set) var parts: [Part] = []
    /// An estimate of what is held.
    private(set) var bytes = 0
    /// In the order of writing; nil while rows are read.
    private(set) var order: [Int]?
    /// How many of that order were written.
    var writtenCount = 0

    /// - Parameter row: the last one that was consolidated.
    init(after row: Int64) { lastRow = row }

    /// The window of a minute that was closed in another.
    static func window(ofClosing minute: Int64) -> Int64 { (minute - 5).floored(by: 60) }

    /// Takes a row in, which comes behind the last.
    mutating func add(_ rollUp: RollUp, row: Int64) {
        window = window ?? Self.window(ofClosing: rollUp.closed)
        lastRow = row
        let hour = rollUp.period.floored(by: 60)
        let key = Key(
            entity: ExactText(rollUp.entity), route: ExactText(rollUp.route), hour: hour)
        let place: Int
        if let known = places[key] {
            place = known
        } else {
            place = parts.count
            places[key] = place
            parts.append(
                Part(key: EntityKey.of(rollUp.entity), route: rollUp.route, hour: hour))
            bytes += 256 + rollUp.entity.utf8.count
        }
        let fieldsBefore = parts[place].fields.count
        parts[place].fields.merge(rollUp.fields)
        parts[place].rows.append(row)
        bytes += 8 + 80 * (parts[place].fields.count - fieldsBefore)
    }

    /// Nothing comes any more: what was read is written in the order of its keys.
    mutating func beginWriting() {
        func comesBefore(_ a: Part, _ b: Part) -> Bool {
            if a.hour != b.hour { return a.hour < b.hour }
            if a.key != b.key { return a.key < b.key }
            return a.route.utf8.lexicographicallyPrecedes(b.route.utf8)
        }
        order = parts.indices.sorted { comesBefore(parts[$0], parts[$1]) }
    }
}
