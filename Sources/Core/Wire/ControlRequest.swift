/// What a person on the agent's own machine asks of it: an event of the log (decision 0017).
public enum ControlRequest: Equatable, Sendable {
    case store(MemoryDraft)
    /// `author`: who asks, by their own account; may be empty.
    case change(MemoryChange, author: String)
    case soul(SoulRequest)
    /// What the agent has counted, so that a replay knows it too; nobody asks for it.
    case recalled([RecallCount])
    /// Everything about an entity; as it is asked, never as the log keeps it (decision 0020).
    case forgetEntity(String, author: String)
    /// The same as the log keeps it: with the digest of the name, in hexadecimal.
    case forgotten(digest: String, author: String)

    private enum Verb: String, CaseIterable {
        case store = "memory.store"
        case pin = "memory.pin"
        case unpin = "memory.unpin"
        case forget = "memory.forget"
        case link = "memory.link"
        case unlink = "memory.unlink"
        case forgotten = "memory.forgotten"
        case recalled = "memory.recalled"
    }

    /// As it is sent and as the log keeps it.
    public var json: [UInt8] {
        JSONWriter.object { json in
            switch self {
            case .store(let draft):
                json.member("request", Verb.store.rawValue)
                draft.write(to: &json)
            case .change(let change, let author):
                Self.write(change, to: &json)
                if !author.isEmpty { json.member("user_id", author) }
            case .soul(let request): request.write(to: &json)
            case .recalled(let counts): Self.write(counts, to: &json)
            case .forgetEntity(let entity, let author):
                json.member("request", Verb.forget.rawValue)
                json.member("entity", entity)
                if !author.isEmpty { json.member("user_id", author) }
            case .forgotten(let digest, let author):
                json.member("request", Verb.forgotten.rawValue)
                json.member("digest", digest)
                if !author.isEmpty { json.member("user_id", author) }
            }
        }
    }

    private static func write(_ change: MemoryChange, to json: inout JSONWriter) {
        switch change {
        case .pin(let id, let isPinned):
            json.member("request", (isPinned ? Verb.pin : .unpin).rawValue)
            json.member("id", id)
        case .forget(let id):
            json.member("request", Verb.forget.rawValue)
            json.member("id", id)
        case .forgetBefore(let time, let layer, let alsoPinned):
            json.member("request", Verb.forget.rawValue)
            json.member("before", time.rfc3339(.microseconds))
            json.member("layer", ifPresent: layer?.rawValue)
            if alsoPinned { json.member("pinned", true) }
        case .recalled(let id, let count): write([RecallCount(id: id, count: count)], to: &json)
        case .link(let id, let entity, let isLinked):
            json.member("request", (isLinked ? Verb.link : .unlink).rawValue)
            json.member("id", id)
            json.member("entity", entity)
        }
    }

    /// - Throws: what is wrong, as it is answered.
    public init(json: [UInt8]) throws(RequestError) {
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONScanner.scan(json)
        } catch { throw RequestError(error) }
        let fields = try RequestFields(body)
        let name = try fields.requiredText("request", bytes: 1...Limits.entityNameBytesMax)
        let author = try fields.text("user_id", bytes: 0...Limits.entityNameBytesMax) ?? ""
        if let verb = SoulRequest.Verb(rawValue: name) {
            self = .soul(try SoulRequest(verb, fields, author: author))
            return
        }
        guard let verb = Verb(rawValue: name) else {
            let all = Verb.allCases.map(\.rawValue) + SoulRequest.Verb.allCases.map(\.rawValue)
            throw RequestFields.fault("request", "must be one of \(all.joined(separator: ", "))")
        }
        switch verb {
        case .store: self = .store(try MemoryDraft(body))
        case .pin: self = .change(.pin(try Self.id(fields), true), author: author)
        case .unpin: self = .change(.pin(try Self.id(fields), false), author: author)
        case .forget: self = try Self.forget(fields, author)
        case .forgotten:
            let digest = try fields.requiredText("digest", bytes: 64...64)
            self = .forgotten(digest: digest, author: author)
        case .recalled: self = .recalled(try Self.counts(body))
        case .link, .unlink:
            let entity = try fields.requiredText("entity", bytes: 1...Limits.entityNameBytesMax)
            self = .change(.link(try Self.id(fields), entity, verb == .link), author: author)
        }
    }

    private static func write(_ counts: [RecallCount], to json: inout JSONWriter) {
        json.member("request", Verb.recalled.rawValue)
        json.array("memories") { list in
            for count in counts {
                list.object { json in
                    json.member("id", count.id)
                    json.member("count", count.count)
                }
            }
        }
    }

    private static func counts(_ body: JSONValue) throws(RequestError) -> [RecallCount] {
        var counts: [RecallCount] = []
        for element in body["memories"]?.array ?? [] {
            guard let id = element["id"]?.int, let count = element["count"]?.int, id > 0,
                (1...Int64(Int32.max)).contains(count)
            else { throw RequestFields.fault("memories", "must be numbers and counts") }
            counts.append(RecallCount(id: id, count: Int(count)))
        }
        guard (1...Limits.recallsCounted).contains(counts.count) else {
            throw RequestFields.fault("memories", "must be 1 to \(Limits.recallsCounted)")
        }
        return counts
    }

    private static func forget(
        _ fields: RequestFields, _ author: String
    ) throws(RequestError) -> ControlRequest {
        if let entity = try fields.text("entity", bytes: 1...Limits.entityNameBytesMax) {
            return .forgetEntity(entity, author: author)
        }
        if let time = try fields.time("before") {
            let change = MemoryChange.forgetBefore(
                time, layer: try fields.layer(),
                alsoPinned: try fields.truth("pinned") ?? false)
            return .change(change, author: author)
        }
        return .change(.forget(try id(fields)), author: author)
    }

    private static func id(_ fields: RequestFields) throws(RequestError) -> MemoryID {
        guard let id = try fields.integer("id", in: 1...Int64.max) else {
            throw RequestFields.fault("id", "is missing: the number of a memory")
        }
        return id
    }
}

extension Outcome {
    /// What a control request comes to, but for what it does to a soul. It depends on nothing that
    /// the mind knows.
    public init(of request: ControlRequest, by event: Event) {
        self.init(isRecorded: true)
        switch request {
        case .store(let draft): memories = [draft.memory(of: event)]
        case .change(let change, author: _): changes = [change]
        case .recalled(let counts):
            changes = counts.map { .recalled($0.id, $0.count) }
        case .soul: break
        // What follows is done bit by bit, once the event is in the log.
        case .forgetEntity, .forgotten: break
        }
    }
}
