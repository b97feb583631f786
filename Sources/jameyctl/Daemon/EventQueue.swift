import Core
import Dispatch
import Synchronization

/// Between the task that hears events and the thread that shows them: bounded, so that whoever
/// does not keep up has the daemon wait, and not this process grow.
final class EventQueue: Sendable {
    private struct State {
        var waiting: [DaemonEvents.Heard] = []
        /// Why nothing more comes.
        var end: Ending?
        var isClosed = false
        /// Of the last event that has come.
        var lastID: String?
        /// The task, where it waits for room.
        var writer: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let capacity: Int
    /// One for each that waits, and one for the end.
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Parameter id: of the last event that is known.
    init(after id: String?, capacity: Int = Limits.daemonEventsWaitingMax) {
        state = Mutex(State(lastID: id))
        self.capacity = capacity
    }

    /// What to go on after.
    var lastID: String? { state.withLock { $0.lastID } }

    // MARK: The task

    /// Adds one, and waits until there is room for the next.
    /// - Returns: false where nobody takes them any longer.
    func put(_ heard: DaemonEvents.Heard) async -> Bool {
        state.withLock { state in
            state.waiting.append(heard)
            if case .event(let event) = heard, !event.id.isEmpty { state.lastID = event.id }
        }
        arrivals.signal()
        await waitForRoom()
        return state.withLock { !$0.isClosed }
    }

    private func waitForRoom() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let mustWait = state.withLock { state in
                guard state.waiting.count >= capacity, !state.isClosed else { return false }
                state.writer = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    /// Nothing more comes.
    func end(_ ending: Ending) {
        state.withLock { $0.end = ending }
        arrivals.signal()
    }

    // MARK: The thread

    /// - Returns: `.nothing` where nothing comes in time.
    /// - Throws: why nothing more comes, once everything else was taken.
    func take(within patience: Duration) throws(Ending) -> DaemonEvents.Heard {
        guard arrivals.wait(timeout: .now() + patience.dispatched) == .success else {
            return .nothing
        }
        let (heard, writer, end) = state.withLock { state in
            let heard = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            let writer = state.waiting.count < capacity ? state.writer : nil
            if writer != nil { state.writer = nil }
            return (heard, writer, state.end)
        }
        writer?.resume()
        if let heard { return heard }
        // Whoever asks again is told again.
        arrivals.signal()
        throw end ?? .quiet
    }

    /// Nobody takes any more.
    func close() {
        let writer = state.withLock { state in
            state.isClosed = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }
}
