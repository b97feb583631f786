import Core

/// The token that the broker is shown as password, where it is one: what it says of itself, what of
/// that was told, and whether the broker was shown it. A value; the agent reads clocks and files.
///
/// The token itself is not in here.
struct TokenDesk: Sendable {
    typealias State = TokenTimes.State

    /// nil of a password that is no token.
    private(set) var times: TokenTimes?
    /// When it was taken: its life begins then where it does not say when that was.
    private var takenAt: Timestamp
    /// As it was looked at last.
    private(set) var state: State
    /// What was told last, and of which.
    private var told: (times: TokenTimes?, state: State)
    /// The link was made with an earlier password, or none is made as long as this one is no good.
    private(set) var isToBeShown = false
    /// Until when a link waits for a moment to be made again with it; nil where it is not to be, or
    /// cannot be yet.
    private(set) var waitsUntil: MonotonicTime?
    /// As the file was when it was read last.
    private var stamp: FileStamp?
    /// As it was when it was looked at last.
    private var seen: FileStamp?
    /// The file is to be read whatever its stamp: it never was, or could not be.
    private var isUnread = true
    /// Why what the file holds was not taken, as it was told.
    private(set) var fault: String?

    /// - Parameter password: as it was read before the start.
    init(_ password: [UInt8]?, at now: Timestamp) {
        times = password.flatMap(TokenTimes.init(password:))
        takenAt = now
        state = times?.state(at: now, since: now) ?? .good
        told = (times, .good)
    }

    // MARK: The file

    /// Whether the file is to be read: it is another than was read, and was the same at the look
    /// before, so that nobody is writing it.
    mutating func isToBeRead(_ stamp: FileStamp?) -> Bool {
        defer { seen = stamp }
        return stamp == seen && (isUnread || stamp != self.stamp)
    }

    /// - Parameter stamp: taken before, so that a change while it was read is seen the next time.
    mutating func read(as stamp: FileStamp?) {
        self.stamp = stamp
        isUnread = false
    }

    /// It is read again the next time, whether the file changes or not.
    mutating func unread() { isUnread = true }

    /// - Parameter fault: why what the file holds is not taken; nil where all is well.
    /// - Returns: whether that is new.
    @discardableResult
    mutating func note(_ fault: String?) -> Bool {
        guard fault != self.fault else { return false }
        self.fault = fault
        return fault != nil
    }

    // MARK: The token

    /// The agent goes on with another password.
    mutating func take(_ password: [UInt8], at now: Timestamp) {
        let before = times
        times = TokenTimes(password: password)
        takenAt = now
        fault = nil
        // What is no token and replaces none is shown from the next connection on.
        guard before != nil || times != nil else { return }
        isToBeShown = true
    }

    /// Whether another token takes its place by itself: one that is good keeps it until the other
    /// is good to the letter, since waiting costs nothing then.
    func yields(to next: TokenTimes, at now: Timestamp) -> Bool {
        objection(at: now) != nil || (now < next.expiry && next.hasBegun(at: now))
    }

    /// - Returns: whether there is something else to say of it than before.
    mutating func look(at now: Timestamp) -> Bool {
        state = stateNow(at: now)
        guard told != (times, state) else { return false }
        told = (times, state)
        return true
    }

    /// Until when a link waits for a moment to be made again with it, from the first call at which
    /// it can be: those that come meanwhile begin no new patience. nil: the broker is to be shown
    /// nothing now.
    mutating func patience(at now: Timestamp, _ monotonic: MonotonicTime) -> MonotonicTime? {
        guard isToBeShown, objection(at: now) == nil else {
            waitsUntil = nil
            return nil
        }
        let until = waitsUntil ?? monotonic + Limits.renewalPatienceMax
        waitsUntil = until
        return until
    }

    /// The next connection is made with it.
    mutating func shown() {
        isToBeShown = false
        waitsUntil = nil
    }

    /// No connection is made as long as it is no good; the first moment at which it is good, or
    /// another one, ends that.
    mutating func withheld() { isToBeShown = true }

    /// Why the broker is not even asked; the same words for as long as it is so.
    func objection(at now: Timestamp) -> String? {
        switch stateNow(at: now) {
        case .good, .expiring: nil
        case .expired: reason(.expired)
        case .early: reason(.early)
        }
    }

    /// What is wrong with it, the same words for as long as it is so; nil of one that is good.
    var reason: String? { reason(state) }

    private func stateNow(at now: Timestamp) -> State {
        times?.state(at: now, since: takenAt) ?? .good
    }

    private func reason(_ state: State) -> String? {
        times?.words(state).map { "the token \($0)" }
    }
}

extension TokenTimes {
    /// What is wrong with it in a state, as a predicate; nil of one that is good.
    func words(_ state: State) -> String? {
        switch state {
        case .good: nil
        case .expiring: "expires at \(expiry.rfc3339())"
        case .expired: "expired at \(expiry.rfc3339())"
        case .early: "is not good before \((start ?? .latest).rfc3339())"
        }
    }
}

extension TokenTimes.State {
    /// Stable, for programs; nil of one that is good.
    var code: String? {
        switch self {
        case .good: nil
        case .expiring: "TOKEN_EXPIRING"
        case .expired: "TOKEN_EXPIRED"
        case .early: "TOKEN_NOT_YET_VALID"
        }
    }
}
