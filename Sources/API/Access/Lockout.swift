import Core

/// Makes whoever shows wrong credentials wait, twice as long each time (decision 0026).
///
/// - An address (`AddressBlock`) that failed `Limits.lockoutFailures` times waits; what it shows
///   meanwhile, and can be guessed, is not looked at (`Authenticator`).
/// - A key whose secret was wrong `Limits.lockoutFailuresOfKey` times, wherever from, is guarded
///   for a delay that doubles as well: meanwhile the first failure on it makes an address wait. It
///   is never refused itself, or whoever knows its id could lock out who has its secret.
/// - A token that was right at an address within `Limits.lockoutTrust` is looked at even while the
///   address waits: others behind the same proxy, or on the same machine, lock nobody out either.
///
/// Failures are forgiven one by one, each `Limits.lockoutDecay`. Success forgives none, or whoever
/// has one key could try others with it in between. A pure value; the caller reads the clock.
struct Lockout: Sendable {
    private var addresses = RecentTable<AddressBlock, Failures>(
        capacity: Limits.lockoutEntriesMax)
    private var keys = RecentTable<String, Failures>(capacity: Limits.lockoutEntriesMax)
    /// When a token was right at an address: by its digest, which nobody has without it. Each
    /// address has places of its own, so that who has many tokens has no others forgotten.
    private var proofs = RecentTable<AddressBlock, RecentTable<[UInt8], MonotonicTime>>(
        capacity: Limits.lockoutProofAddressesMax)

    /// How long credentials from an address are not looked at; nil: they are.
    ///
    /// - Parameter digest: SHA-256 of what is shown.
    func delay(
        for address: AddressBlock, showing digest: [UInt8], at now: MonotonicTime
    ) -> Duration? {
        guard let delay = addresses[address]?.delay(at: now) else { return nil }
        return isProven(from: address, showing: digest, at: now) ? nil : delay
    }

    /// Whether a credential was right at an address lately.
    func isProven(
        from address: AddressBlock, showing digest: [UInt8], at now: MonotonicTime
    ) -> Bool {
        guard let last = proofs[address]?[digest] else { return false }
        return now - last < Limits.lockoutTrust
    }

    /// Notes that a credential was right.
    mutating func succeed(
        from address: AddressBlock, showing digest: [UInt8], at now: MonotonicTime
    ) {
        let none = RecentTable<[UInt8], MonotonicTime>(capacity: Limits.lockoutProofsOfOne)
        proofs.update(address, from: none) { $0.update(digest, from: now) { $0 = now } }
    }

    /// Notes that a credential was wrong.
    ///
    /// - Parameter keyID: Of a key that there is and whose secret it was not; none of others, so
    ///   that nobody fills the table with ids of his own.
    /// - Returns: How long the address waits now; nil: not yet.
    mutating func fail(
        from address: AddressBlock, keyID: String?, at now: MonotonicTime
    ) -> Duration? {
        var threshold = Limits.lockoutFailures
        if let keyID {
            let isGuarded = keys.update(keyID, from: Failures()) { failures in
                failures.add(at: now, threshold: Limits.lockoutFailuresOfKey) != nil
            }
            if isGuarded { threshold = 1 }
        }
        return addresses.update(address, from: Failures()) { failures in
            failures.add(at: now, threshold: threshold)
        }
    }
}

/// Failed attempts that count together.
private struct Failures: Sendable {
    private var count = 0
    /// When the delay ends, or when the last failure was where it brought none. From then on they
    /// are forgiven.
    private var until = MonotonicTime(microseconds: .min)

    func delay(at now: MonotonicTime) -> Duration? {
        until > now ? until - now : nil
    }

    /// - Returns: the delay that this failure brings.
    mutating func add(at now: MonotonicTime, threshold: Int) -> Duration? {
        count = unforgiven(at: now) + 1
        guard count >= threshold else {
            until = max(until, now)
            return nil
        }
        let factor = 1 << min(count - threshold, 30)
        let delay = min(Limits.lockoutDelayBase * factor, Limits.lockoutDelayMax)
        until = now + delay
        return delay
    }

    private func unforgiven(at now: MonotonicTime) -> Int {
        guard count > 0, now > until else { return count }
        let forgiven = (now - until).microseconds / Limits.lockoutDecay.microseconds
        return forgiven >= Int64(count) ? 0 : count - Int(forgiven)
    }
}
