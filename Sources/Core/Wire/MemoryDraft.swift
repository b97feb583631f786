/// A memory that somebody wants stored, checked: the body of `memory/store`.
public struct MemoryDraft: Equatable, Sendable {
    public var layer: Memory.Layer
    /// 1...`Limits.memoryContentBytesMax` bytes.
    public var content: String
    public var tags: [String]
    /// What it is about; empty for nothing in particular.
    public var entity: String
    /// Who says so, by their own account; empty where nobody said.
    public var author: String

    public init(
        layer: Memory.Layer, content: String, tags: [String] = [], entity: String = "",
        author: String = ""
    ) {
        self.layer = layer
        self.content = content
        self.tags = tags
        self.entity = entity
        self.author = author
    }

    /// From `{"layer","content","tags":[],"entity"?,"user_id"?}`.
    /// - Throws: what is wrong, as it is answered.
    public init(_ body: JSONValue) throws(RequestError) {
        let fields = try RequestFields(body)
        guard let layer = try fields.layer() else {
            throw RequestFields.fault(
                "layer",
                "is missing: one of "
                    + Memory.Layer.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let name = 0...Limits.entityNameBytesMax
        self.init(
            layer: layer,
            content: try fields.requiredText(
                "content", bytes: 1...Limits.memoryContentBytesMax),
            tags: try fields.tags(), entity: try fields.text("entity", bytes: name) ?? "",
            author: try fields.text("user_id", bytes: name) ?? "")
    }

    /// The members of `init(_:)`, as far as they say something.
    func write(to json: inout JSONWriter) {
        json.member("layer", layer.rawValue)
        json.member("content", content)
        if !tags.isEmpty { json.member("tags", tags) }
        if !entity.isEmpty { json.member("entity", entity) }
        if !author.isEmpty { json.member("user_id", author) }
    }

    /// The memory that it becomes with an event.
    public func memory(of event: Event) -> Memory {
        Memory(
            layer: layer, entity: entity, at: event.at, content: content, tags: tags, rule: "",
            decisionID: "", eventSequence: event.sequence, author: author)
    }
}
