import Broker
import Core

/// A token as password: its file is looked at, and the link made again when there is a new one.
///
/// Nobody verifies the token here; its times are taken by its own word (docs/access.md).
extension Agent {
    /// Takes the password that its file holds now, whatever it is: when the operator says so.
    ///
    /// One that is no token, and replaces none, is shown from the next connection on; with a token
    /// the link is made again soon. One that cannot be read leaves the agent with what it had.
    public func rereadPassword() {
        guard let passwords else { return }
        let now = time.monotonic()
        let stamp = passwords.stamp()
        do throws(CredentialError) {
            let password = try passwords.read().bytes
            token.read(as: stamp)
            token.note(nil)
            if password != credentials.password { take(password, at: now) }
        } catch {
            log.error("the credentials stay as they were: \(error)")
        }
        schedule.lookAtToken(from: token.times == nil ? nil : now)
        lookAtToken(at: now)
    }

    /// To be called at the end of a turn: everything that was received is committed.
    func tendToken(at now: MonotonicTime) {
        if schedule.takeToken(at: now) {
            lookAtFile(at: now)
            lookAtToken(at: now)
        }
        guard token.isToBeShown, shutdown == .running, token.isDue(at: time.now()) else { return }
        guard isQuiet || now >= token.waitsUntil else { return }
        handle(.renew, at: now)
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
                + "and is shown then: is the clock of this machine right?"
        }
    }

    /// Nothing would have to be sent or asked for again were the link made again now.
    private var isQuiet: Bool {
        guard life.status.state == .up else { return true }
        return outbox.inFlightCount == 0 && !recalls.desk.hasQuestions && !requests.hasQuestions
    }

    private func take(_ password: [UInt8], at now: MonotonicTime) {
        credentials.password = password
        link.replacePassword(password)
        token.take(password, at: time.now(), now)
    }

    /// Only a token takes the place of a token by itself: a file that is being written may be read
    /// half.
    private func lookAtFile(at now: MonotonicTime) {
        guard let passwords else { return }
        let stamp = passwords.stamp()
        guard token.isNews(stamp) else { return }
        do throws(CredentialError) {
            let password = try passwords.read().bytes
            token.read(as: stamp)
            guard password != credentials.password else {
                token.note(nil)
                return
            }
            guard let times = TokenTimes(password: password) else {
                return tellFault(.tokenMalformed, "what is there now is no token")
            }
            take(password, at: now)
            linkCredentials()
            log.notice(
                "there is a new token for the broker",
                metadata: ["expires": "\(times.expiry.rfc3339())"])
        } catch {
            token.unread()
            tellFault(.tokenUnreadable(error), "\(error)")
        }
    }

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
