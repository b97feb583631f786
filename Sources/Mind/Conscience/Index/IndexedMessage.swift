import Core

/// What the index over rules looks at of a message.
struct IndexedMessage {
    let topic: String
    /// In the order of the route's pattern.
    let captures: [String]
    let entity: String
    let document: JSONDocument
    /// The node of the document that rules see as `payload`.
    let root: Int

    init(
        _ document: JSONDocument, root: Int = 0, _ message: Message, _ match: Router.Match,
        entity: String
    ) {
        topic = message.topic
        captures = match.captures
        self.entity = entity
        self.document = document
        self.root = root
    }
}
