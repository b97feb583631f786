/// What the numbers in one entity's messages on one route came to in a minute, an hour or a day.
public struct RollUp: Equatable, Sendable {
    public struct Field: Equatable, Sendable {
        /// The member of the payload: names joined by dots, `motor.temp`. A dot or a backslash in a
        /// name has a backslash before it. `value` where the payload is the number itself.
        public var name: String
        public var summary: Summary

        public init(name: String, summary: Summary) {
            self.name = name
            self.summary = summary
        }
    }

    public var entity: String
    public var route: String
    /// Minutes, hours or days since 1970-01-01T00:00Z.
    public var period: Int64
    /// Of a minute: in which one it was closed. Never falls from one roll-up to the next.
    public var closed: Int64
    /// Each with at least one reading.
    public var fields: [Field]

    public init(entity: String, route: String, period: Int64, closed: Int64, fields: [Field]) {
        self.entity = entity
        self.route = route
        self.period = period
        self.closed = closed
        self.fields = fields
    }
}

extension [RollUp.Field] {
    /// Takes in what came later. Fields stand in the order in which they first came.
    public mutating func merge(_ later: [RollUp.Field]) {
        var expected = 0
        for field in later {
            let place = place(of: field.name, near: expected)
            if let place {
                self[place].summary.merge(field.summary)
                expected = place + 1
            } else {
                append(field)
                expected = count
            }
        }
    }

    private func place(of name: String, near place: Int) -> Int? {
        if place < count, self[place].name.hasSameBytes(as: name) { return place }
        return firstIndex { $0.name.hasSameBytes(as: name) }
    }
}

/// How long each of a roll-up's periods is.
public enum Resolution: String, CaseIterable, Sendable {
    case minute = "1m"
    case hour = "1h"
    case day = "1d"

    public var minutes: Int64 {
        switch self {
        case .minute: 1
        case .hour: 60
        case .day: 24 * 60
        }
    }

    public var microseconds: Int64 { minutes * 60_000_000 }

    /// The number of the period that a moment lies in.
    public func period(of time: Timestamp) -> Int64 { time.microseconds.floored(by: microseconds) }

    /// When a period begins.
    public func start(of period: Int64) -> Timestamp {
        let (start, overflow) = period.multipliedReportingOverflow(by: microseconds)
        return Timestamp(microseconds: overflow ? (period < 0 ? .min : .max) : start)
    }
}

extension Int64 {
    /// The quotient, rounded down.
    @inlinable @inline(__always)
    public func floored(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp {
    /// Minutes since 1970-01-01T00:00Z.
    @inlinable @inline(__always)
    public var minute: Int64 { microseconds.floored(by: 60_000_000) }
}

/// How long roll-ups are kept, by the time that they are of.
public struct RollUpRetention: Equatable, Sendable {
    public var minute: Duration = .seconds(30 * 86_400)
    public var hour: Duration = .seconds(365 * 86_400)
    public var day: Duration = .seconds(3_650 * 86_400)

    public init() {}
}
