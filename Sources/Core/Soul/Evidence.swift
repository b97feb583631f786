/// One change of a soul: what it was, whose, and what it came to.
public struct Evidence: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case emotion(Emotion)
        /// A person set the trust; what was before counts no more.
        case set
        /// A person had a share of it forgotten.
        case decay
    }

    /// Who or what it came from.
    public enum Source: String, CaseIterable, Sendable {
        /// A rule's `feel`.
        case rule
        /// An alert that began, by `soul.auto_record`.
        case alert
        /// A verdict, by `soul.auto_record`.
        case verdict
        case person
    }

    public var entity: String
    public var at: Timestamp
    public var kind: Kind
    /// What counts of it, in billionths of a piece; 0 of `.decay`.
    public var weight: Int64
    public var source: Source
    /// The rule, the route of the verdict, or the person by their own account.
    public var origin: String
    /// The decision that it came with; empty for what a person did.
    public var decisionID: String = ""
    /// What a person says about it.
    public var note: String = ""
    public var eventSequence: EventSequence
    /// Trust at that moment, without it.
    public var before: Double
    /// The soul with it.
    public var soul: Soul
    /// When the entity was first and last heard, where that is known.
    public var heard: ClosedRange<Timestamp>?

    public init(
        entity: String, at: Timestamp, kind: Kind, weight: Int64, source: Source, origin: String,
        decisionID: String = "", note: String = "", eventSequence: EventSequence,
        before: Double, soul: Soul, heard: ClosedRange<Timestamp>? = nil
    ) {
        self.entity = entity
        self.at = at
        self.kind = kind
        self.weight = weight
        self.source = source
        self.origin = origin
        self.decisionID = decisionID
        self.note = note
        self.eventSequence = eventSequence
        self.before = before
        self.soul = soul
        self.heard = heard
    }

    /// Trust with it.
    public var trust: Double { soul.trust }
}

/// What an event does to souls.
public enum SoulChange: Equatable, Sendable {
    case evidence(Evidence)
    /// Nothing is left of the entity's soul, nor of the evidence about it.
    case forget(String)

    public var entity: String {
        switch self {
        case .evidence(let evidence): evidence.entity
        case .forget(let entity): entity
        }
    }
}

extension Evidence {
    /// What is left of it in the soul at a later moment, in billionths of a piece.
    ///
    /// - Parameter soul: of that moment, and without a `.set` behind this.
    public func left(in soul: Soul) -> (pro: Int64, contra: Int64) {
        let halfLives = max(0, soul.age - self.soul.age)
        let pro: Int64
        switch kind {
        case .emotion(let emotion): pro = emotion.favour(of: weight)
        case .set: pro = self.soul.evidenceFor
        case .decay: pro = 0
        }
        return (
            Decay.left(of: pro, after: halfLives),
            Decay.left(of: weight - pro, after: halfLives)
        )
    }

    /// How much of it is left, from 0 to 1.
    public func share(in soul: Soul) -> Double {
        Decay.share(after: max(0, soul.age - self.soul.age))
    }

    /// By how much trust would be lower at that moment without it; negative where it would be
    /// higher.
    public func effect(in soul: Soul) -> Double {
        let left = left(in: soul)
        let pro = max(0, soul.evidenceFor - left.pro)
        let contra = max(0, soul.evidenceAgainst - left.contra)
        return soul.trust - Soul.trust(for: pro, against: contra)
    }
}
