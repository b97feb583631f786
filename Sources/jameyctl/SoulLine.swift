import Core
import Store

/// What is believed of one entity, as a line for a person.
///
/// ```
/// press-7    0.42 😢 sadness 12 changes, the last 03-01 12:00:00
/// ```
enum SoulLine {
    private static let entityColumns = 10

    /// - Parameters:
    ///   - stored: with a soul of now, whose `at` tells when it was changed.
    ///   - columns: The width of the terminal; nil writes everything out.
    static func text(_ stored: StoredSoul, columns: Int? = nil) -> String {
        let soul = stored.soul
        let namesMax = columns.map { max(entityColumns, $0 / 3) } ?? .max
        let count = soul.changes == 1 ? "1 change," : "\(soul.changes) changes, the last"
        let line = [
            stored.entity.printable.fitted(to: namesMax).padded(to: entityColumns),
            number(soul.trust), mood(soul).padded(to: 10), count, time(soul.at),
        ].joined(separator: " ")
        return line.fitted(to: columns ?? .max)
    }

    static func mood(_ soul: Soul) -> String { "\(soul.mood.emoji) \(soul.mood.rawValue)" }

    /// `0.42`: two digits, rounded half up.
    static func number(_ value: Double) -> String {
        let hundredths = Int(near: abs(value) * 100)
        let digits = hundredths % 100
        return (value < 0 && hundredths > 0 ? "-" : "") + "\(hundredths / 100)."
            + (digits < 10 ? "0" : "") + "\(digits)"
    }

    /// `03-01 12:00:00`
    static func time(_ at: Timestamp) -> String {
        let text = at.rfc3339()
        return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(8)
    }
}
