import Core

/// What is believed of an entity, as it was changed last.
public struct StoredSoul: Equatable, Sendable {
    public var entity: String
    public var soul: Soul
    /// The event that changed it last.
    public var eventSequence: EventSequence
    /// When the entity was first and last heard, as the agent knew it when the soul was changed;
    /// nil where it never was.
    public var heard: ClosedRange<Timestamp>?

    public init(
        entity: String, soul: Soul, eventSequence: EventSequence,
        heard: ClosedRange<Timestamp>? = nil
    ) {
        self.entity = entity
        self.soul = soul
        self.eventSequence = eventSequence
        self.heard = heard
    }
}

/// The emotions' weights in a row: a JSON array in the order of the emotions.
enum JudgedWeights {
    static func encode(_ weights: EmotionWeights) -> String {
        var json = JSONWriter()
        json.array { list in for emotion in Emotion.allCases { list.int(weights[emotion]) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// nil when the text is not what `encode` makes.
    static func decode(_ text: String) -> EmotionWeights? {
        guard let json = try? JSONScanner.scan(Array(text.utf8)), let elements = json.array else {
            return nil
        }
        let numbers = elements.compactMap(\.int)
        guard numbers.count == Emotion.allCases.count, elements.count == numbers.count else {
            return nil
        }
        var weights = EmotionWeights()
        for (emotion, number) in zip(Emotion.allCases, numbers) {
            guard (0...Limits.soulVerdictsMax).contains(number) else { return nil }
            weights[emotion] = number
        }
        return weights
    }
}

extension Soul {
    /// From the columns of a row; nil where these cannot be.
    init?(
        pro: Int64, contra: Int64, judged: EmotionWeights, age: Int64, at: Timestamp,
        changes: Int64
    ) {
        let amounts = 0...(Limits.soulEvidenceMax + 5 * Limits.soulVerdictsMax)
        guard amounts.contains(pro), amounts.contains(contra), age >= 0, changes >= 0 else {
            return nil
        }
        self.init(at: at)
        (self.pro, self.contra, self.judged, self.age) = (pro, contra, judged, age)
        self.changes = changes
    }
}

extension Evidence.Kind {
    /// In its row.
    var text: String {
        switch self {
        case .emotion(let emotion): emotion.rawValue
        case .set: "set"
        case .decay: "decay"
        }
    }

    init?(_ text: String) {
        switch text {
        case "set": self = .set
        case "decay": self = .decay
        case _:
            guard let emotion = Emotion(rawValue: text) else { return nil }
            self = .emotion(emotion)
        }
    }
}
