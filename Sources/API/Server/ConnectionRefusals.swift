import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// What one connection was refused as too much, for whoever answers its requests one by one.
///
/// The last refusal ends the connection. It leaves later than it is made, on another thread, and
/// requests that came with it may be there already: that none of them is carried out is known here
/// alone.
final class ConnectionRefusals: Sendable {
    private let count = Mutex(RefusalCount())

    /// The last one is made: nothing behind it is to be carried out, and nothing answered.
    var isOver: Bool { count.withLock { $0.isOver } }

    /// Counts an answer where it is a refusal, and marks the last one.
    func note(_ response: inout Response) {
        guard response.status == .tooManyRequests else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        let isLast = count.withLock {
            $0.add(at: MonotonicTime(microseconds: Int64(now / 1_000)))
        }
        if isLast { response.headers[.connection] = "close" }
    }

    /// Whether an answer is the one that was marked.
    static func isLast(_ head: HTTPResponse) -> Bool {
        head.status == .tooManyRequests && head.headerFields[.connection] == "close"
    }
}
