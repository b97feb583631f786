/// What the agent has come to believe about an entity: a Beta reputation that forgets (Jøsang and
/// Ismail 2002; decision 0018).
///
/// A value of whole numbers and the moment that they are of. What time has taken since is worked
/// out when it is asked for, in half-lives of the log's time; nothing is swept. What is recorded at
/// one moment comes to the same in every order, to the bit.
public struct Soul: Equatable, Sendable {
    /// One piece of evidence: amounts are in billionths of it.
    public static let piece: Int64 = 1_000_000_000

    /// Evidence for the entity by rules, alerts and people, as of `at`.
    public var pro: Int64 = 0
    /// Evidence against it.
    public var contra: Int64 = 0
    /// What verdicts have said, which is bounded by itself: `Limits.soulVerdictsMax` of each
    /// emotion.
    public var judged = EmotionWeights()
    /// Half-lives that it has lived through, in units of 2⁻³²: how much of a piece is left follows
    /// from what this was when it came.
    public var age: Int64 = 0
    /// When it was changed last.
    public var at: Timestamp
    /// How often it was changed since it began.
    public var changes: Int64 = 0

    /// Nothing is known.
    public init(at: Timestamp) { self.at = at }

    // MARK: What it comes to, at `at`

    public var evidenceFor: Int64 { pro + judged.favour }
    public var evidenceAgainst: Int64 { contra + judged.total - judged.favour }

    /// Evidence for, with the one piece of the prior.
    public var alpha: Double { Double(Self.piece + evidenceFor) / Double(Self.piece) }
    /// Evidence against, with the one piece of the prior.
    public var beta: Double { Double(Self.piece + evidenceAgainst) / Double(Self.piece) }

    /// `α / (α + β)`, in 0...1; 0.5 where nothing is known.
    public var trust: Double { Self.trust(for: evidenceFor, against: evidenceAgainst) }

    /// - Parameters: amounts, 0...
    public static func trust(for pro: Int64, against contra: Int64) -> Double {
        Double(piece + pro) / Double(2 * piece + pro + contra)
    }

    /// The mean of the emotions that were recorded, each by what is left of it, from 0 to 1; 0.5
    /// where less than `Limits.soulTraceMin` is left of all of them.
    public var empathy: Double { Double(empathyMillionths) / 1_000_000 }

    /// The emotion nearest to the empathy.
    public var mood: Emotion { Emotion(nearestTo: empathyMillionths) }

    private var empathyMillionths: Int64 {
        let (pro, all) = (evidenceFor, evidenceFor + evidenceAgainst)
        guard all >= Limits.soulTraceMin else { return 500_000 }
        return Int64(UInt128(pro) * 1_000_000 / UInt128(all))
    }

    // MARK: Forgetting

    /// By how much empathy stretches the half-life, in millionths: from 0.7 to 1.0 up to twice as
    /// long, from 0.3 to 0.0 down to half as long.
    private var stretch: Int64 {
        let empathy = empathyMillionths
        if empathy > 700_000 { return 1_000_000 + (empathy - 700_000) * 10 / 3 }
        if empathy < 300_000 { return 1_000_000 - (300_000 - empathy) * 5 / 3 }
        return 1_000_000
    }

    /// What is left of it at a later moment; at an earlier one it is as it is.
    public func settled(at time: Timestamp, halfLife: Duration) -> Soul {
        var soul = self
        soul.settle(at: time, halfLife: halfLife)
        return soul
    }

    mutating func settle(at time: Timestamp, halfLife: Duration) {
        guard time > at else { return }
        pass(Decay.halfLives(in: time - at, of: halfLife, stretched: stretch))
        at = time
    }

    private mutating func pass(_ halfLives: Int64) {
        pro = Decay.left(of: pro, after: halfLives)
        contra = Decay.left(of: contra, after: halfLives)
        for emotion in Emotion.allCases {
            judged[emotion] = Decay.left(of: judged[emotion], after: halfLives)
        }
        let (sum, overflow) = age.addingReportingOverflow(halfLives)
        age = overflow ? .max : sum
    }

    // MARK: Changes

    /// Takes in what a rule, an alert or a person feels.
    /// - Parameter weight: Within `Limits.soulWeights`, in billionths of a piece.
    public mutating func record(
        _ emotion: Emotion, weight: Int64, at time: Timestamp, halfLife: Duration
    ) {
        settle(at: time, halfLife: halfLife)
        let favour = emotion.favour(of: weight)
        pro = min(Limits.soulEvidenceMax, pro + favour)
        contra = min(Limits.soulEvidenceMax, contra + weight - favour)
        changes += 1
    }

    /// Takes in what a verdict says, `Limits.soulVerdictWeight`.
    ///
    /// Of each emotion `Limits.soulVerdictsMax` counts at a time, and only as a whole: whoever
    /// proposes often moves trust no further than that, and leaves no trail of crumbs that would
    /// push out other evidence.
    /// - Returns: whether it counts.
    public mutating func recordVerdict(
        _ emotion: Emotion, at time: Timestamp, halfLife: Duration
    ) -> Bool {
        var later = settled(at: time, halfLife: halfLife)
        later.judged[emotion] += Limits.soulVerdictWeight
        guard later.judged[emotion] <= Limits.soulVerdictsMax else { return false }
        self = later
        changes += 1
        return true
    }

    /// Takes a person's word for it: all earlier evidence gives way to as much as makes this trust,
    /// 10 pieces or as many as it needs.
    /// - Parameter trust: within `Limits.soulTrustSet`.
    public mutating func set(_ trust: Double, at time: Timestamp, halfLife: Duration) {
        settle(at: time, halfLife: halfLife)
        let pieces = max(10, 1 / min(trust, 1 - trust) - 2)
        let all = Int64((pieces * Double(Self.piece)).rounded())
        let wanted = (trust * (pieces + 2) - 1) * Double(Self.piece)
        pro = min(all, max(0, Int64(wanted.rounded())))
        contra = all - pro
        judged = EmotionWeights()
        changes += 1
    }

    /// Forgets as if time had passed.
    /// - Parameter halfLives: 0..., in units of 2⁻³².
    public mutating func decay(by halfLives: Int64, at time: Timestamp, halfLife: Duration) {
        settle(at: time, halfLife: halfLife)
        pass(halfLives)
        changes += 1
    }
}

extension Soul {
    /// How long until half of the evidence is forgotten, where no rules say otherwise.
    public static let halfLifeDefault: Duration = .seconds(7 * 24 * 3600)

    /// A weight in pieces as an amount.
    public static func amount(_ pieces: Double) -> Int64 {
        Int64((pieces * Double(piece)).rounded())
    }

    /// An amount in pieces.
    public static func pieces(_ amount: Int64) -> Double { Double(amount) / Double(piece) }
}
