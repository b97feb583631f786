import Synchronization

/// The routes of rule sets of a store, for finding what is about an entity (`RoutedEntity`).
///
/// What a digest names never changes, so each set is read once, on the thread of whoever asks
/// first; there can be hundreds of them. It holds as many as whoever asked last has asked for.
public final class KnownRoutes: Sendable {
    private struct Book {
        /// By digest; of a set of which nothing can be read there are none.
        var sets: [String: [EntityRoute]] = [:]
        /// Those of all sets, each once.
        var routes: Set<EntityRoute> = []

        mutating func add(_ set: [EntityRoute], as digest: String) {
            sets[digest] = set.map { routes.insert($0).memberAfterInsert }
        }

        mutating func keep(_ digests: [String]) {
            let wanted = Set(digests)
            guard sets.keys.contains(where: { !wanted.contains($0) }) else { return }
            sets = sets.filter { wanted.contains($0.key) }
            routes = Set(sets.values.joined())
        }
    }

    private let book = Mutex(Book())

    public init() {}

    /// Whether nothing of these rule sets would be read.
    public func has(_ digests: [String]) -> Bool {
        book.withLock { book in digests.allSatisfy { book.sets[$0] != nil } }
    }

    /// The routes of these rule sets, in any order, each at least once.
    ///
    /// A set that this version does not read any more has none.
    /// - Parameters:
    ///   - inForce: a rule set that need not be read, whether it is one of them or not.
    ///   - files: reads those of a set that is not known yet; nil where there is none: it may be
    ///     asked for again.
    /// - Throws: what reading throws. What was read before is known the next time.
    public func routes<Failure: Error>(
        of digests: [String], inForce: RuleSet? = nil,
        files: (_ digest: String) throws(Failure) -> [RuleFile]?
    ) throws(Failure) -> [Route] {
        var found: Set<EntityRoute> = []
        for digest in digests {
            if let set = book.withLock({ $0.sets[digest] }) {
                found.formUnion(set)
                continue
            }
            let routes: [Route]
            if let inForce, inForce.digest == digest {
                routes = inForce.routes
            } else {
                guard let read = try files(digest) else { continue }
                routes = (try? RuleSetLoader.routes(of: read)) ?? []
            }
            let set = routes.compactMap { EntityRoute($0) }
            book.withLock { $0.add(set, as: digest) }
            found.formUnion(set)
        }
        book.withLock { $0.keep(digests) }
        return found.map(\.route)
    }
}
