/// What a rule, a verdict or a person can feel about an entity: evidence for or against its trust.
public enum Emotion: String, CaseIterable, Equatable, Sendable {
    case love, joy, neutral, sadness, anger

    /// How much of one piece of evidence is for the entity, in tenths; the rest is against it.
    var tenths: Int64 {
        switch self {
        case .love: 10
        case .joy: 8
        case .neutral: 5
        case .sadness: 2
        case .anger: 1
        }
    }

    /// The same, from 0 to 1.
    public var evidence: Double { Double(tenths) / 10 }

    /// For people to read.
    public var emoji: String {
        switch self {
        case .love: "😍"
        case .joy: "😊"
        case .neutral: "😐"
        case .sadness: "😢"
        case .anger: "😡"
        }
    }

    /// The emotion whose evidence is nearest to an empathy; between two, the better one.
    init(nearestTo millionths: Int64) {
        switch millionths {
        case 900_000...: self = .love
        case 650_000...: self = .joy
        case 350_000...: self = .neutral
        case 150_000...: self = .sadness
        case _: self = .anger
        }
    }
}

/// A weight for each emotion, in billionths of a piece of evidence.
public struct EmotionWeights: Equatable, Sendable {
    private var love: Int64 = 0
    private var joy: Int64 = 0
    private var neutral: Int64 = 0
    private var sadness: Int64 = 0
    private var anger: Int64 = 0

    public init() {}

    public subscript(emotion: Emotion) -> Int64 {
        get {
            switch emotion {
            case .love: love
            case .joy: joy
            case .neutral: neutral
            case .sadness: sadness
            case .anger: anger
            }
        }
        set {
            switch emotion {
            case .love: love = newValue
            case .joy: joy = newValue
            case .neutral: neutral = newValue
            case .sadness: sadness = newValue
            case .anger: anger = newValue
            }
        }
    }

    var total: Int64 { love + joy + neutral + sadness + anger }

    /// What of all of them is for the entity.
    var favour: Int64 {
        Emotion.allCases.reduce(0) { $0 + $1.favour(of: self[$1]) }
    }
}

extension Emotion {
    /// What of a weight is for the entity.
    func favour(of weight: Int64) -> Int64 { weight / 10 * tenths + weight % 10 * tenths / 10 }
}
