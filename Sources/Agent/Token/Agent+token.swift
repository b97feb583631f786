import Broker
import Core

/// A token as password: its file is looked at, and the link made again when there is a new one.
///
/// Nobody verifies the token here; its times are taken by its own word (docs/access.md).
extension Agent {
    /// Takes the password that its file holds now: when the operator says so.
    ///
    /// One that is no token, and replaces none, is shown from the next connection on; with a token
    /// the link is made again soon. Of two tokens the one before stays while only that one is good,
    /// as with any look at the file. One that cannot be read leaves the agent with what it had.
    public func rereadPassword() {
        guard let passwords else { return }
        let now = time.monotonic()
        let stamp = passwords.stamp()
        do throws(CredentialError) {
            let password = try passwords.read().bytes
            token.read(as: stamp)
            token.note(nil)
            if token.times != nil, let next = TokenTimes(password: password) {
                consider(password, next)
            } else if password != credentials.password {
                take(password)
            }
        } catch {
            log.error("the credentials stay as they were: \(error)")
        }
        schedule.lookAtToken(from: token.times == nil ? nil : now)
        lookAtToken(at: now)
    }

    /// To be called at the end of a turn: everything that was received is committed.
    func tendToken(at now: MonotonicTime) {
        if schedule.takeToken(at: now) {
            lookAtFile()
            lookAtToken(at: now)
        }
        guard token.isToBeShown, mayRenew, let until = token.patience(at: time.now(), now) else {
            return
        }
        guard isQuiet || now >= until else { return }
        handle(.renew, at: now)
    }

    /// Nothing is begun while it stops. And where nothing can be stored nothing is read: a
    /// connection that is closed on unread input is reset, and what was said last may be lost.
    var mayRenew: Bool {
        shutdown == .running && (storeState == .working || life.status.state != .up)
    }

    /// Makes a connection, unless what the broker would be shown says of itself that it is no good:
    /// to be refused again and again helps nobody.
    func connect(at now: MonotonicTime) {
        if let reason = token.objection(at: time.now()) {
            token.withheld()
            return handle(.withheld(reason: reason), at: now)
        }
        token.shown()
        link.connect()
    }

    /// What is wrong with the token now, and what to do; nil of one that is good.
    var tokenMessage: String? {
        guard let times = token.times else { return nil }
        let remedy = token.fault ?? passwords?.remedy ?? "configure another one"
        switch token.state {
        case .good: return nil
        case .expiring:
            let seconds = max(.zero, times.expiry - time.now()).components.seconds
            return "the broker's token expires in \(seconds) s: \(remedy)"
        case .expired:
            return "the broker's token expired at \(times.expiry.rfc3339()): \(remedy)"
        case .early:
            return "the broker's token is not good before \((times.start ?? .latest).rfc3339()), "
                + "and not shown until shortly before: is the clock of this machine right?"
        }
    }

    /// Nothing would have to be sent or asked for again were the link made again now.
    private var isQuiet: Bool {
        guard life.status.state == .up else { return true }
        return outbox.inFlightCount == 0 && recalls.waiting == 0 && requests.waiting == 0
    }

    private func take(_ password: [UInt8]) {
        credentials.password = password
        link.replacePassword(password)
        token.take(password, at: time.now())
    }

    /// A file that is being written may be read half, and half a token may look like one.
    private func lookAtFile() {
        guard let passwords else { return }
        let stamp = passwords.stamp()
        guard token.isToBeRead(stamp) else { return }
        let read = Result { () throws(CredentialError) in try passwords.read().bytes }
        // Written meanwhile: the looks that follow see it.
        guard passwords.stamp() == stamp else { return }
        switch read {
        case .success(let password):
            token.read(as: stamp)
            guard let next = TokenTimes(password: password) else {
                return tellFault(.tokenMalformed, "what is there now is no token")
            }
            consider(password, next)
        case .failure(let error):
            token.unread()
            tellFault(.tokenUnreadable(error), "\(error)")
        }
    }

    /// Only a token takes the place of a token by itself, and of a good one only a good one, also
    /// where the operator has it read.
    private func consider(_ password: [UInt8], _ times: TokenTimes) {
        guard password != credentials.password else {
            token.note(nil)
            return
        }
        guard token.yields(to: times, at: time.now()) else { return keepBack(times) }
        take(password)
        linkCredentials()
        log.notice(
            "there is a new token for the broker",
            metadata: ["expires": "\(times.expiry.rfc3339())"])
    }

    /// The file is looked at again until the token's time has come, or that of the one before is
    /// over. What begins in a moment is nothing to tell.
    private func keepBack(_ next: TokenTimes) {
        token.unread()
        let now = time.now()
        let state = next.state(at: now, since: now)
        guard state == .early || state == .expired, let words = next.words(state) else {
            // What was told of it is still so; what was told of another file is over.
            if token.fault != next.words(.early).map(Self.fault) { token.note(nil) }
            return
        }
        let severity: Rejection.Severity = state == .expired ? .error : .warning
        tellFault(.tokenNotTaken(words, severity: severity), Self.fault(words))
    }

    private static func fault(_ words: String) -> String { "the next one \(words)" }

    /// Once, as long as it stays the same.
    private func tellFault(_ rejection: Rejection, _ fault: String) {
        guard token.note(fault) else { return }
        tell(rejection)
        link.flush()
    }

    /// Tells where there is something else to say of the token than before.
    private func lookAtToken(at now: MonotonicTime) {
        guard token.look(at: time.now()) else { return }
        if let code = token.state.code, let message = tokenMessage {
            tell(.token(code, message, severity: token.state == .expired ? .error : .warning))
        }
        statusChanged(at: now)
        // Nothing is held here: what arrived in this turn is committed.
        link.flush()
    }
}
