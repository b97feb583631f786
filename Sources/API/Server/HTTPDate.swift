import Core

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ time: Timestamp) -> String {
        let seconds = Int(max(0, time.microseconds) / 1_000_000)
        let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate(daysSinceEpoch: day)
        // The epoch was a Thursday.
        let name = days[day % 7]
        let month = months[date.month - 1]
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(two)
        return "\(name), \(two(date.day)) \(month) \(date.year) \(clock.joined(separator: ":")) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
