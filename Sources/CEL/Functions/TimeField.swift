/// The getters of timestamps and durations.
enum TimeField: String, CaseIterable {
    case getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getFullYear, getHours
    case getMilliseconds, getMinutes, getMonth, getSeconds

    typealias Failure = EvaluationError.Reason

    /// Without a zone; durations have no dates.
    var signatures: [Signature] {
        let ofTimestamps = Signature(.timestamp, gives: .int)
        switch self {
        case .getHours, .getMinutes, .getSeconds, .getMilliseconds:
            return [ofTimestamps, Signature(.duration, gives: .int)]
        case .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getFullYear, .getMonth:
            return [ofTimestamps]
        }
    }

    /// Of a timestamp in UTC, or of a duration.
    func value(of value: Value) throws(Failure) -> Value {
        switch value {
        case .timestamp(let instant): return .int(part(of: instant, offset: 0))
        case .duration(let interval):
            guard let part = part(of: interval) else { throw .noOverload(rawValue, .duration, nil) }
            return .int(part)
        case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .list, .array, .map,
            .object, .type, .optional, .network:
            throw .noOverload(rawValue, value.kind, nil)
        }
    }

    /// Of a timestamp in a zone: `Europe/Paris`, `+01:00`.
    func value(of value: Value, in zone: Value) throws(Failure) -> Value {
        guard case .timestamp(let instant) = value, case .string(let name) = zone else {
            throw .noOverload(rawValue, value.kind, zone.kind)
        }
        guard let zone = ZoneCache.zone(name) else {
            throw .invalidArgument("unknown time zone '\(name.unicodeScalars.prefix(64))'")
        }
        return .int(part(of: instant, offset: zone.offset(at: instant.seconds)))
    }

    private func part(of instant: Instant, offset: Int64) -> Int64 {
        let time = CivilTime(localSeconds: instant.seconds + offset)
        switch self {
        case .getDate: return time.day
        case .getDayOfMonth: return time.day - 1
        case .getDayOfWeek: return time.dayOfWeek
        case .getDayOfYear: return time.dayOfYear
        case .getFullYear: return time.year
        case .getHours: return time.hour
        case .getMilliseconds: return Int64(instant.nanoseconds / 1_000_000)
        case .getMinutes: return time.minute
        case .getMonth: return time.month - 1
        case .getSeconds: return time.second
        }
    }

    /// A duration in whole units; its milliseconds are those of the last second
    /// (language definition: "0-999").
    private func part(of interval: Interval) -> Int64? {
        let seconds = interval.nanoseconds / 1_000_000_000
        switch self {
        case .getHours: return seconds / 3_600
        case .getMinutes: return seconds / 60
        case .getSeconds: return seconds
        case .getMilliseconds: return interval.nanoseconds % 1_000_000_000 / 1_000_000
        case .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear, .getFullYear, .getMonth:
            return nil
        }
    }
}
