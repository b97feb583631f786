import Core
import Dispatch
import Store
import Synchronization

/// Pages of the log in order, each read on another thread while the one before it is folded.
///
/// So a fold does not wait for the file where there are two cores. A fold of low priority reads for
/// itself: threads that it has started inherit its priority, and others would be served by them.
struct PageStream: ~Copyable {
    private typealias Page = Result<StoreReader.Page, ReadError>

    /// What is being read, or has been; shared with the queue.
    private final class Slot: Sendable {
        let page = Mutex<Page?>(nil)
    }

    private let reader: StoreReader
    private let last: EventSequence
    /// nil where the caller's thread reads.
    private let queue: DispatchQueue?
    private let slot = Slot()

    /// - Parameters:
    ///   - first: the first event wanted, at most `last`.
    ///   - readsAhead: whether another thread reads.
    init(
        _ reader: StoreReader, from first: EventSequence, through last: EventSequence,
        readsAhead: Bool
    ) {
        self.reader = reader
        self.last = last
        queue = readsAhead ? DispatchQueue(label: "jamey.proof.pages") : nil
        read(from: first)
    }

    /// - Returns: the events of the next page; none where there are no more.
    func next() throws(ReadError) -> [Event] {
        queue?.sync {}
        guard let page = slot.page.withLock({ $0.take() }) else { return [] }
        let events = try page.get().events
        if let end = events.last?.sequence, end < last { read(from: end + 1) }
        return events
    }

    private func read(from first: EventSequence) {
        let work: @Sendable () -> Void = { [reader, last, slot] in
            let page = Page { () throws(ReadError) in try reader.page(from: first, through: last) }
            slot.page.withLock { $0 = page }
        }
        if let queue { queue.async(execute: work) } else { work() }
    }
}
