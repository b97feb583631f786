import Core
import Store

/// Looks for memories away from the loop, so that the path never waits for it.
public protocol Recalling: AnyObject {
    /// Becomes readable when there is something to take; nil where that is so in the same turn.
    var descriptor: Int32? { get }
    /// Puts a query behind those that wait.
    func ask(_ query: MemoryQuery, number: Int)
    /// What was found since the last call.
    func take() -> [Recalled]
    /// Nobody waits for what was asked so far; what is being looked for may still be taken.
    func forget()
    /// Lets go of the store. It is there again for the next query.
    func close()
}

/// What became of one query.
public struct Recalled: Sendable {
    /// As it was asked.
    public var number: Int
    public var result: Result<MemoryPage, ReadError>
}

/// Looks at once: for tests, which want every turn to be the same.
public final class InlineRecall: Recalling {
    private let path: String
    private var found: [Recalled] = []

    public init(store path: String) { self.path = path }

    public var descriptor: Int32? { nil }

    public func ask(_ query: MemoryQuery, number: Int) {
        let result = Result { () throws(ReadError) in
            try StoreReader(path: path).search(query)
        }
        found.append(Recalled(number: number, result: result))
    }

    public func take() -> [Recalled] {
        defer { found = [] }
        return found
    }

    public func forget() { found = [] }

    public func close() {}
}
