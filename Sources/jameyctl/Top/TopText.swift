import Core

/// Numbers for a person, short enough to stand in a column. What is no number, or far beyond all
/// that the agent counts, is a dash: it comes from the network.
enum TopText {
    static let unknown = "-"

    /// `0.4`, `12.3`, `1234`
    static func number(_ value: Double) -> String {
        value.magnitude < 99.95 ? tenths(value) : whole(value)
    }

    static func whole(_ value: Double) -> String { integer(value).map { "\($0)" } ?? unknown }

    private static func tenths(_ value: Double) -> String {
        guard let count = integer(value * 10) else { return unknown }
        let (one, tenth) = count.magnitude.quotientAndRemainder(dividingBy: 10)
        return "\(count < 0 ? "-" : "")\(one).\(tenth)"
    }

    private static func integer(_ value: Double) -> Int64? {
        let rounded = value.rounded()
        return rounded.magnitude < 1e15 ? Int64(rounded) : nil
    }

    /// `250 µs`, `1.2 ms`, `120 ms`, `2.5 s`
    static func latency(seconds: Double) -> String {
        if seconds < 0.001 { return whole(seconds * 1_000_000) + " µs" }
        return seconds < 1 ? number(seconds * 1_000) + " ms" : number(seconds) + " s"
    }

    /// Six characters at most for a hundred days: `0.4s`, `12s`, `5m12s`, `3h5m`, `2d4h`, `123d`.
    static func age(_ duration: Duration) -> String {
        let microseconds = max(0, duration.microseconds)
        let seconds = microseconds / 1_000_000
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        switch seconds {
        case 0: return "0.\(microseconds / 100_000)s"
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(minutes)m\(seconds % 60)s"
        case ..<86_400: return "\(hours)h\(minutes % 60)m"
        case ..<8_640_000: return "\(days)d\(hours % 24)h"
        case _: return "\(days)d"
        }
    }

    static func size(_ bytes: Double) -> String {
        integer(bytes).map { ComponentStatus.size($0) } ?? unknown
    }
}
