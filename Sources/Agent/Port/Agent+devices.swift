import Core
import Mind

/// What is in working memory. What the payloads in it say is read out of an `EntityReading` where
/// somebody asks for it: away from the loop.
extension Agent {
    /// Entities in working memory, in the order of the bytes of their names, with their trust now.
    ///
    /// - Parameters:
    ///   - name: the last one of the page before; nil for the first page.
    ///   - limit: 1...`Limits.apiPageMax`; ask for one more to know whether there is more.
    public func devices(after name: String?, limit: Int) -> [EntityReading] {
        mind.entities(after: name, limit: max(1, limit), at: max(clock.last, time.now()))
    }

    /// The first entities in working memory by how loud they are, or when they were heard.
    ///
    /// - Parameter limit: 1...`Limits.apiPageMax`.
    public func devices(in order: EntityOrder, limit: Int) -> [EntityReading] {
        mind.entities(in: order, limit: max(1, limit), at: max(clock.last, time.now()))
    }

    /// - Returns: nil of an entity that is not in working memory.
    public func device(_ entity: String) -> EntityReading? {
        mind.entity(entity, at: max(clock.last, time.now()))
    }
}
