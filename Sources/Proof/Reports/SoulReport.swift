import Core
import Store

/// Everything that is known about why an entity is trusted as it is.
public struct SoulReport: Sendable {
    /// One piece of evidence, and what it does now.
    public struct Reason: Sendable {
        /// Of the piece: they rise in the order of recording.
        public var number: Int64
        public var evidence: Evidence
        /// How much of it is left, from 0 to 1.
        public var left: Double
        /// By how much trust would be lower without it; negative where it would be higher.
        public var effect: Double
    }

    private static let memoriesMax = 5

    public let entity: String
    /// As it is now; nil where nothing was recorded about its trust.
    public let now: StoredSoul?
    public let halfLife: Duration
    /// Oldest first.
    public let evidence: [Evidence]
    /// What each piece does now, oldest first.
    public let course: [Reason]
    /// What has most to do with trust first.
    public let reasons: [Reason]
    /// The newest about it, its own and those linked to it.
    public let memories: [StoredMemory]
    /// The moment that it is of.
    public let end: Timestamp

    /// - Returns: nil where nothing is known about it, and no memory is about it.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public init?(
        of entity: String, _ reader: StoreReader, at time: Timestamp
    ) throws(ReadError) {
        let stored = try reader.soul(of: entity)
        memories = try reader.memories(about: entity, limit: Self.memoriesMax)
        if stored == nil, memories.isEmpty { return nil }
        self.entity = entity
        halfLife = try reader.soulHalfLife()
        let pieces = try reader.numberedEvidence(about: entity)
        evidence = pieces.map(\.evidence)
        end = time
        guard let stored else {
            now = nil
            (course, reasons) = ([], [])
            return
        }
        let soul = stored.soul.settled(at: time, halfLife: halfLife)
        now = stored.settled(at: time, halfLife: halfLife)
        // What a person set has taken the place of all before it.
        let last = evidence.lastIndex { $0.kind == .set } ?? 0
        course = pieces.enumerated().map { index, numbered in
            let piece = numbered.evidence
            guard index >= last, piece.kind != .decay else {
                return Reason(number: numbered.number, evidence: piece, left: 0, effect: 0)
            }
            return Reason(
                number: numbered.number, evidence: piece, left: piece.share(in: soul),
                effect: piece.effect(in: soul))
        }
        reasons = course.sorted { abs($0.effect) > abs($1.effect) }
    }

    public var json: [UInt8] {
        JSONWriter.object { json in
            if let now {
                now.write(to: &json)
            } else {
                json.member("entity", entity)
            }
            json.member("half_life", halfLife.text)
            json.array("evidence") { list in
                for reason in reasons { list.object { reason.write(to: &$0) } }
            }
            json.array("course") { list in
                for piece in evidence { list.object { Self.write(piece, to: &$0) } }
            }
            json.array("memories") { list in
                for memory in memories { list.raw(memory.json()) }
            }
        }
    }

    /// What a soul came to with a piece of evidence.
    private static func write(_ piece: Evidence, to json: inout JSONWriter) {
        json.member("at", piece.at)
        json.member("evidence_for", Soul.pieces(piece.soul.evidenceFor))
        json.member("evidence_against", Soul.pieces(piece.soul.evidenceAgainst))
    }
}

extension SoulReport.Reason {
    /// The piece by itself.
    public var json: [UInt8] { JSONWriter.object { write(to: &$0) } }

    fileprivate func write(to json: inout JSONWriter) {
        json.member("at", evidence.at.rfc3339())
        switch evidence.kind {
        case .emotion(let emotion):
            json.member("emotion", emotion.rawValue)
            json.member("emoji", emotion.emoji)
            json.member("weight", Soul.pieces(evidence.weight))
        case .set: json.member("set", evidence.trust)
        case .decay: json.member("decay", true)
        }
        json.member("source", evidence.source.rawValue)
        json.member("origin", evidence.origin)
        if !evidence.decisionID.isEmpty { json.member("decision_id", evidence.decisionID) }
        if !evidence.note.isEmpty { json.member("note", evidence.note) }
        json.member("event_seq", evidence.eventSequence)
        json.member("trust_before", evidence.before)
        json.member("trust", evidence.trust)
        json.member("left", left)
        json.member("effect", effect)
    }
}
