import Core

/// What happens, as the daemon tells it (`GET /events`), for a thread that waits for it.
///
/// A connection that is lost is made again and goes on after the last event that was heard: none
/// is told twice, and one is missed only where the daemon says so (`missed`).
final class DaemonEvents: Sendable {
    enum Heard: Equatable, Sendable {
        case event(ServerEvent)
        /// Nothing came in time.
        case nothing
        /// The connection is lost, for this reason; it is tried again meanwhile.
        case lost(Ending)
    }

    private let queue: EventQueue
    private let task: Task<Void, Never>

    /// Begins to listen.
    /// - Parameter id: of the last event that is known; nil begins with what happens now.
    init(_ client: DaemonClient, after id: String? = nil) {
        let queue = EventQueue(after: id)
        self.queue = queue
        task = Task.detached { await Self.read(client, into: queue) }
    }

    deinit { close() }

    /// Waits for the next; a signal does not end that, so a follower asks for little at a time.
    /// - Throws: where the daemon was never heard, or lets us in no longer.
    func next(within patience: Duration) throws(Ending) -> Heard {
        try queue.take(within: patience)
    }

    func close() {
        queue.close()
        task.cancel()
    }

    private static func read(_ client: DaemonClient, into queue: EventQueue) async {
        var hasBeenOpen = false
        var delay = Limits.daemonRetryDelayMin
        while true {
            let lost: Ending?
            var pause = Duration.zero
            var isWell = false
            switch await client.listen(after: queue.lastID, into: queue) {
            case .unwanted: return
            case .over(let withFault):
                lost = nil
                // What could not be told is asked for with pauses that grow, too.
                isWell = !withFault
                hasBeenOpen = true
            case .refused(let answer):
                let ending = Ending(answer, from: client.place, hasKey: client.key != nil)
                guard hasBeenOpen, ending.code == Exit.tryAgain else { return queue.end(ending) }
                lost = ending
                pause = answer.retryAfter ?? .zero
            case .lost(let fault, let wasOpen):
                let ending = Ending(fault, at: client.place)
                guard hasBeenOpen || wasOpen else { return queue.end(ending) }
                if wasOpen { delay = Limits.daemonRetryDelayMin }
                hasBeenOpen = true
                lost = ending
            }
            if let lost, await !queue.put(.lost(lost)) { return }
            guard await wait(max(delay, pause)) else { return }
            delay = min(delay * 2, Limits.daemonRetryDelayMax)
            if isWell { delay = Limits.daemonRetryDelayMin }
        }
    }

    /// - Returns: false where it was ended meanwhile.
    private static func wait(_ duration: Duration) async -> Bool {
        // There is nothing to be woken by: whether somebody answers again shows by asking.
        (try? await Task.sleep(for: duration)) != nil
    }
}

extension DaemonClient {
    /// Begins to listen to what happens.
    func events(after id: String? = nil) -> DaemonEvents { DaemonEvents(self, after: id) }
}
