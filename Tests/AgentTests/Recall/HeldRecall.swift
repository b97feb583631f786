import Store

@testable import Agent

/// Keeps every query until the test lets the answers go.
final class HeldRecall: Recalling {
    private let inner: InlineRecall
    private(set) var held: [(query: MemoryQuery, number: Int)] = []
    /// Instead of an answer.
    var error: ReadError?
    private var failed: [Recalled] = []

    init(store path: String) { inner = InlineRecall(store: path) }

    var descriptor: Int32? { nil }
    func ask(_ query: MemoryQuery, number: Int) { held.append((query, number)) }
    func forget() { held = [] }
    func close() {}

    func release() {
        for (query, number) in held {
            if let error {
                failed.append(Recalled(number: number, result: .failure(error)))
            } else {
                inner.ask(query, number: number)
            }
        }
        held = []
    }

    func take() -> [Recalled] {
        defer { failed = [] }
        return inner.take() + failed
    }
}
