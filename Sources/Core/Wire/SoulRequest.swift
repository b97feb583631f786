/// What a person wants done with the soul of an entity: an event of the log.
public struct SoulRequest: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        /// The weight within `Limits.soulWeights`, in billionths of a piece.
        case record(Emotion, weight: Int64, note: String)
        /// Within `Limits.soulTrustSet`.
        case set(Double)
        /// Within `Limits.soulHalfLivesDecayed`.
        case decay(halfLives: Double)
        case forget
    }

    enum Verb: String, CaseIterable {
        case record = "soul.record"
        case set = "soul.set"
        case decay = "soul.decay"
        case forget = "soul.forget"
    }

    /// 1...`Limits.entityNameBytesMax` bytes.
    public var entity: String
    public var action: Action
    /// Who asks, by their own account; may be empty.
    public var author: String

    public init(entity: String, action: Action, author: String = "") {
        self.entity = entity
        self.action = action
        self.author = author
    }

    /// - Throws: what is wrong, as it is answered.
    init(_ verb: Verb, _ fields: RequestFields, author: String) throws(RequestError) {
        entity = try fields.requiredText("entity", bytes: 1...Limits.entityNameBytesMax)
        self.author = author
        switch verb {
        case .record: action = try Self.recording(fields)
        case .set:
            let range = Limits.soulTrustSet
            guard let trust = try fields.number("trust", in: range) else {
                throw RequestFields.fault(
                    "trust", "is missing: from \(range.lowerBound) to \(range.upperBound)")
            }
            action = .set(trust)
        case .decay:
            let count = try fields.number("half_lives", in: Limits.soulHalfLivesDecayed)
            action = .decay(halfLives: count ?? 1)
        case .forget: action = .forget
        }
    }

    private static func recording(_ fields: RequestFields) throws(RequestError) -> Action {
        let name = try fields.requiredText("emotion", bytes: 1...Limits.entityNameBytesMax)
        guard let emotion = Emotion(rawValue: name) else {
            let names = Emotion.allCases.map(\.rawValue)
            let near = nearestName(to: name, among: names).map { "; \($0)?" } ?? ""
            throw RequestFields.fault(
                "emotion", "must be one of \(names.joined(separator: ", "))\(near)")
        }
        let weight = try fields.number("weight", in: Limits.soulWeights) ?? 1
        let note = try fields.text("note", bytes: 0...Limits.soulNoteBytesMax) ?? ""
        return .record(emotion, weight: Soul.amount(weight), note: note)
    }

    func write(to json: inout JSONWriter) {
        json.member("request", verb.rawValue)
        json.member("entity", entity)
        switch action {
        case .record(let emotion, let weight, let note):
            json.member("emotion", emotion.rawValue)
            json.member("weight", Soul.pieces(weight))
            if !note.isEmpty { json.member("note", note) }
        case .set(let trust): json.member("trust", trust)
        case .decay(let halfLives): json.member("half_lives", halfLives)
        case .forget: break
        }
        if !author.isEmpty { json.member("user_id", author) }
    }

    private var verb: Verb {
        switch action {
        case .record: .record
        case .set: .set
        case .decay: .decay
        case .forget: .forget
        }
    }

    /// What it makes of the entity's soul.
    ///
    /// - Parameters:
    ///   - soul: The soul before the event; nil where nothing is known.
    ///   - halfLife: That of the rules in force.
    /// - Returns: nil where there is nothing to forget or to decay.
    public func change(
        _ soul: Soul?, by event: Event, halfLife: Duration
    ) -> SoulChange? {
        if action == .forget { return soul == nil ? nil : .forget(entity) }
        var next = soul ?? Soul(at: event.at)
        let before = next.settled(at: event.at, halfLife: halfLife).trust
        var (kind, counted, said) = (Evidence.Kind.set, Int64(0), "")
        switch action {
        case .record(let emotion, let weight, let note):
            next.record(emotion, weight: weight, at: event.at, halfLife: halfLife)
            (kind, counted, said) = (.emotion(emotion), weight, note)
        case .set(let trust):
            next.set(trust, at: event.at, halfLife: halfLife)
            counted = next.pro + next.contra
        case .decay(let halfLives):
            guard soul != nil else { return nil }
            let count = Int64((halfLives * Double(Decay.halfLife)).rounded())
            next.decay(by: count, at: event.at, halfLife: halfLife)
            kind = .decay
        case .forget: return nil
        }
        return .evidence(
            Evidence(
                entity: entity, at: event.at, kind: kind, weight: counted, source: .person,
                origin: author, note: said, eventSequence: event.sequence, before: before,
                soul: next))
    }
}
