import Core

extension Series {
    /// A JSON object for each field of a roll-up: the point that its series has.
    public static func lines(of rollUp: RollUp, by resolution: Resolution) -> [[UInt8]] {
        let at = resolution.start(of: rollUp.period)
        return rollUp.fields.flatMap { field in
            Series(
                entity: rollUp.entity, field: field.name, route: rollUp.route,
                grain: Grain(resolution), since: at, until: at,
                points: [Point(at: at, summary: field.summary)]
            ).lines
        }
    }
}

extension Series.Grain {
    fileprivate init(_ resolution: Resolution) {
        switch resolution {
        case .minute: self = .minute
        case .hour: self = .hour
        case .day: self = .day
        }
    }
}
