/// When a JSON Web Token is good, by its own word (RFC 7519, section 4.1): read, and neither
/// verified nor believed. Whoever is shown it verifies it.
public struct TokenTimes: Equatable, Sendable {
    /// `exp`: from then on it is good for nothing.
    public let expiry: Timestamp
    /// `nbf`: before that it is good for nothing. nil where it does not say so in a number.
    public let start: Timestamp?
    /// `iat`, likewise.
    public let issued: Timestamp?

    /// What there is to say of a token at a moment.
    public enum State: Equatable, Sendable, CaseIterable {
        case good
        /// Good for a short while only: it is time for a new one.
        case expiring
        case expired
        /// Its time has not come by more than `Limits.tokenStartLeeway`, or the clock is wrong.
        case early
    }

    /// - Parameter password: of which nothing is kept.
    /// - Returns: nil of what is no token in the compact serialization (RFC 7515, section 7.1), of
    ///   at most `Limits.credentialBytesMax` bytes, with a number for `exp`: a password like any
    ///   other.
    public init?(password: [UInt8]) {
        guard password.count <= Limits.credentialBytesMax else { return nil }
        let parts = password.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        // The signature may be empty (RFC 7519, section 6).
        guard parts.count == 3, Base64URL.decode(parts[2]) != nil,
            Self.object(parts[0]) != nil, let claims = Self.object(parts[1]),
            let expiry = Self.time(claims["exp"])
        else { return nil }
        self.expiry = expiry
        start = Self.time(claims["nbf"])
        issued = Self.time(claims["iat"])
    }

    /// - Parameter since: when it was first seen, from which its life is counted where it does not
    ///   say when that began.
    public func state(at now: Timestamp, since: Timestamp) -> State {
        if now >= expiry { return .expired }
        if let start, now + Limits.tokenStartLeeway < start { return .early }
        return now >= expiry + (.zero - lead(since: since)) ? .expiring : .good
    }

    /// Whether its time has come, by this clock and to the letter.
    public func hasBegun(at now: Timestamp) -> Bool { start.map { now >= $0 } ?? true }

    /// How long before its end a new one is asked for.
    func lead(since: Timestamp) -> Duration {
        let life = expiry - (issued ?? start ?? since)
        return min(max(life / Limits.tokenLeadShare, Limits.tokenLeadMin), Limits.tokenLeadMax)
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return (try? JSONScanner.scan(bytes))?.object
    }

    /// Seconds since 1970, perhaps with a fraction (RFC 7519, section 2); what lies beyond the
    /// times that have a text is taken as the nearest that has one.
    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let seconds = value?.double else { return nil }
        let latest = Double(Timestamp.latest.microseconds / 1_000_000)
        return Timestamp(microseconds: Int64(min(max(seconds, 0), latest) * 1_000_000))
    }
}
