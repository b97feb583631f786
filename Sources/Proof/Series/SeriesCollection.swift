import Core

/// What is found of an entity's numbers, by field and route, while a series is looked for.
struct SeriesCollection {
    private struct Key: Hashable {
        var route: ExactText
        var field: ExactText
    }

    let grain: Series.Grain
    let since: Timestamp
    let until: Timestamp
    /// Readings of the minute that is open may be missing.
    var isCutOff = false
    private var points: [Key: [Series.Point]] = [:]
    /// Of all fields.
    private(set) var count = 0
    /// In the order of finding.
    private var keys: [Key] = []

    init(grain: Series.Grain, since: Timestamp, until: Timestamp) {
        self.grain = grain
        self.since = since
        self.until = until
    }

    /// Takes in fields of a time, which is no earlier than those before.
    mutating func add(_ fields: [RollUp.Field], of route: String, at time: Timestamp) {
        for field in fields {
            let key = Key(route: ExactText(route), field: ExactText(field.name))
            if points[key] == nil { keys.append(key) }
            var own = points.removeValue(forKey: key) ?? []
            if grain != .raw, let last = own.indices.last, own[last].at == time {
                own[last].summary.merge(field.summary)
            } else {
                own.append(Series.Point(at: time, summary: field.summary))
                count += 1
            }
            points[key] = own
        }
    }

    var isEmpty: Bool { keys.isEmpty }

    /// The names of all fields, each once.
    var fields: [String] {
        var seen: Set<ExactText> = []
        return keys.map(\.field).filter { seen.insert($0).inserted }.map(\.text)
    }

    /// The routes that have a field.
    func routes(of field: String) -> [String] {
        keys.filter { $0.field == ExactText(field) }.map(\.route.text)
    }

    func points(of field: String, on route: String) -> [Series.Point] {
        points[Key(route: ExactText(route), field: ExactText(field))] ?? []
    }
}
