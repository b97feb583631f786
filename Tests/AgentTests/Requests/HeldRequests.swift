import Core

@testable import Agent

/// Keeps every request until the test answers it.
final class HeldRequests: Requesting {
    private(set) var held: [ForwardedRequest] = []
    private var answers: [ForwardedAnswer] = []
    private(set) var forgotten = 0
    private(set) var isClosed = false

    var descriptor: Int32? { nil }

    func ask(_ request: ForwardedRequest) { held.append(request) }

    func take() -> [ForwardedAnswer] {
        defer { answers = [] }
        return answers
    }

    func forget() { forgotten += 1 }
    func close() { isClosed = true }

    /// Answers everything that is held.
    func release(_ body: String = #"{"status":200}"#) {
        answers += held.map { ForwardedAnswer(number: $0.number, body: Array(body.utf8)) }
        held = []
    }
}
