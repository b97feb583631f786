import Core
import Store

extension MemoryQuery {
    private static let limitDefault: Int64 = 10

    /// From `{"query"?,"layer"?,"entity"?,"since"?,"until"?,"tags"?,"limit"?:10,"cursor"?}`.
    /// - Throws: what is wrong, as it is answered.
    init(_ body: JSONValue) throws(RequestError) {
        let fields = try RequestFields(body)
        let most = Int64(Limits.queryMemoriesMax)
        self.init(
            text: try fields.text("query", bytes: 0...Limits.recallTextBytesMax) ?? "",
            layer: try fields.layer(),
            entity: try fields.text("entity", bytes: 0...Limits.entityNameBytesMax),
            tags: try fields.tags(), since: try fields.time("since"),
            until: try fields.time("until"),
            limit: Int(try fields.integer("limit", in: 1...most) ?? Self.limitDefault))
        guard let cursor = try fields.text("cursor", bytes: 0...64) else { return }
        page = MemoryPlace(cursor)
        if page == nil {
            throw RequestFields.fault("cursor", "must be the 'next' of an earlier answer")
        }
    }
}
