import Core
import Dispatch
import Store
import Synchronization

/// Pages of the log in order, each read on another thread while the one before it is folded.
///
/// So a fold does not wait for the file where there are two cores.
struct PageStream: ~Copyable {
    private typealias Page = Result<StoreReader.Page, ReadError>

    /// What is being read, or has been; shared with the queue.
    private final class Slot: Sendable {
        let page = Mutex<Page?>(nil)
    }

    private let reader: StoreReader
    private let last: EventSequence
    private let queue = DispatchQueue(label: "jamey.proof.pages", qos: .userInitiated)
    private let slot = Slot()

    /// - Parameter first: the first event wanted, at most `last`.
    init(_ reader: StoreReader, from first: EventSequence, through last: EventSequence) {
        self.reader = reader
        self.last = last
        read(from: first)
    }

    /// - Returns: the events of the next page; none where there are no more.
    func next() throws(ReadError) -> [Event] {
        queue.sync {}
        guard let page = slot.page.withLock({ $0.take() }) else { return [] }
        let events = try page.get().events
        if let end = events.last?.sequence, end < last { read(from: end + 1) }
        return events
    }

    private func read(from first: EventSequence) {
        queue.async { [reader, last, slot] in
            let page = Page { () throws(ReadError) in try reader.page(from: first, through: last) }
            slot.page.withLock { $0 = page }
        }
    }
}
