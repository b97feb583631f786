import Core
import Mind

/// What `jameyctl top` knows: the newest look, what happened since the one before it, and what a
/// person wants to see. A pure value; the terminal is somebody else's business.
struct TopView: Equatable, Sendable {
    /// Since when the daemon does not answer, and why.
    struct Absence: Equatable, Sendable {
        var since: MonotonicTime
        var reason: String
    }

    /// Where the daemon is asked, and how often.
    let place: String
    let interval: Duration
    private(set) var sample: TopSample?
    /// nil where there is no look before to compare with.
    private(set) var pace: TopPace?
    private(set) var absence: Absence?
    /// In which devices are to be asked for next.
    private(set) var order = EntityOrder.loud
    /// The place of the alert that is shown first.
    private(set) var firstAlert = 0

    init(place: String, interval: Duration) {
        self.place = place
        self.interval = interval
    }

    /// The daemon was seen.
    mutating func take(_ found: TopSample) {
        pace = sample.flatMap { TopPace(from: $0, to: found) }
        sample = found
        absence = nil
        firstAlert = min(firstAlert, max(0, found.alerts.count - 1))
    }

    /// It was not. What was seen before stays.
    mutating func miss(_ ending: Ending, at time: MonotonicTime) {
        absence = Absence(since: absence?.since ?? time, reason: ending.reason)
    }

    /// Whether an agent that was not seen for this reason may be seen by waiting for it.
    ///
    /// Of one that was seen once nearly everything passes: it is started again, and what stands
    /// before it says other things meanwhile. Not so a key that is refused, and asking with it
    /// again and again locks out whoever does.
    func isWorthWaiting(after ending: Ending) -> Bool {
        guard sample != nil else { return ending.isPassing }
        return !(ending.isLasting && ending.code == Exit.permission)
    }

    /// Does what a key is for.
    /// - Returns: whether something else is to be asked for.
    mutating func press(_ key: TopKey) -> Bool {
        switch key {
        case .next:
            order = order.next
            return true
        case .up: firstAlert = max(0, firstAlert - 1)
        case .down: firstAlert = min(firstAlert + 1, max(0, (sample?.alerts.count ?? 0) - 1))
        case .quit: break
        }
        return false
    }
}

extension Ending {
    /// What is wrong, without who says so and what to do.
    fileprivate var reason: String {
        var rest = (text ?? "it does not answer")[...]
        let speaker = "jameyctl: "
        if rest.hasPrefix(speaker) { rest = rest.dropFirst(speaker.count) }
        if let advice = rest.firstRange(of: "; ") { rest = rest[..<advice.lowerBound] }
        return String(rest).printable
    }

    /// Whether the daemon may well answer the next time: it is started again, or has much to do.
    var isPassing: Bool {
        !isLasting && (code == Exit.unavailable || code == Exit.tryAgain)
    }
}
