import Core
import Store

extension StoredSoul {
    /// As it is at a moment; when it was changed stays to be seen.
    /// - Parameter halfLife: That of the rules in force.
    public func settled(at time: Timestamp, halfLife: Duration) -> StoredSoul {
        var current = self
        current.soul = soul.settled(at: time, halfLife: halfLife)
        current.soul.at = soul.at
        return current
    }

    /// What is believed of one entity as a JSON object.
    public var json: [UInt8] { JSONWriter.object { write(to: &$0) } }

    /// The members of `json`.
    func write(to json: inout JSONWriter) {
        json.member("entity", entity)
        json.member("trust", soul.trust)
        json.member("mood", soul.mood.rawValue)
        json.member("emoji", soul.mood.emoji)
        json.member("empathy", soul.empathy)
        json.member("evidence_for", Soul.pieces(soul.evidenceFor))
        json.member("evidence_against", Soul.pieces(soul.evidenceAgainst))
        json.member("changes", soul.changes)
        json.member("changed_at", soul.at.rfc3339())
        json.member("event_seq", eventSequence)
        json.member("first_seen", ifPresent: heard?.lowerBound.rfc3339())
        json.member("last_seen", ifPresent: heard?.upperBound.rfc3339())
    }
}

extension StoreReader {
    /// All souls, as they are at a moment, the one changed last first.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func currentSouls(at time: Timestamp) throws(ReadError) -> [StoredSoul] {
        let halfLife = try soulHalfLife()
        return try souls().map { $0.settled(at: time, halfLife: halfLife) }
    }
}
