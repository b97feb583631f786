import Core

/// One decision as a line for a person: when (UTC), about whom, on which route, what, and why; on
/// a wide terminal also the id that `jameyctl why` takes, behind the time.
///
/// ```
/// 03-01 12:00:00 press-7    press-commands DENIED by no-harm: spindle press-7 is vibrating
/// 03-01 12:00:04 press-7    press-telemetry FIRING overheat: press-7 has 81 °C
/// ```
enum DecisionLine {
    private static let entityColumns = 10
    private static let routeColumns = 14
    /// Of the id, where a terminal is so wide: eight digits of the log's, and up to eleven of the
    /// event's.
    private static let idColumns = 20
    private static let wideColumns = 100

    /// - Parameter columns: The width of the terminal; nil writes everything out.
    static func text(_ decision: Decision, columns: Int? = nil) -> String {
        // A long name must not push the outcome off the line.
        let namesMax = columns.map { max(entityColumns, $0 / 5) } ?? .max
        var words = [time(decision.at)]
        if let columns, columns >= wideColumns {
            // Never cut: a part of it names nothing.
            words.append(decision.id.printable.padded(to: idColumns))
        }
        words += [
            decision.entity.printable.fitted(to: namesMax).padded(to: entityColumns),
            decision.route.printable.fitted(to: namesMax).padded(to: routeColumns),
            outcome(decision).printable,
        ]
        return words.joined(separator: " ").fitted(to: columns ?? .max)
    }

    /// `03-01 12:00:00`
    private static func time(_ at: Timestamp) -> String {
        let text = at.rfc3339()
        return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(8)
    }

    private static func outcome(_ decision: Decision) -> String {
        let json = try? JSONScanner.scan(decision.json)
        switch decision.kind {
        case .verdict:
            let word = decision.isPositive ? "APPROVED" : "DENIED"
            return join(word, json?["explanation"]?.string ?? "")
        case .alert:
            let word = decision.isPositive ? "FIRING" : "RESOLVED"
            let message = json?["message"]?.string ?? ""
            guard let rule = json?["rule"]?.string else { return join(word, message) }
            return message.isEmpty ? "\(word) \(rule)" : "\(word) \(rule): \(message)"
        }
    }

    /// An explanation begins with the outcome itself, `denied by …`, which is not said twice.
    private static func join(_ word: String, _ explanation: String) -> String {
        let repeated = word.lowercased()
        if explanation.hasPrefix(repeated) { return word + explanation.dropFirst(repeated.count) }
        return explanation.isEmpty ? word : "\(word): \(explanation)"
    }
}
