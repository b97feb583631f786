import Core
import Glibc

/// Waits between two turns of the loop, for the socket, a signal, or the next deadline.
public struct Waiter {
    /// What woke the loop.
    public struct Wake: Equatable {
        public var hasSignals = false
        public var hasControl = false
        /// The socket was closed while nobody reads from it.
        public var isSocketGone = false
    }

    /// The peer closed; `POLLRDHUP` of poll(2), which Swift's Glibc module leaves out.
    private static let peerClosed: Int16 = 0x2000

    private let signals: Int32
    private let time = SystemTime()

    public init(signals: Int32) { self.signals = signals }

    /// - Parameter port: to be served after the turn that follows.
    /// - Returns: at the agent's deadline at the latest, or after a second: keep-alive wants that.
    public func wait(
        for agent: Agent, _ control: ControlSocket? = nil, port: AgentPort? = nil
    ) -> Wake {
        var events = Self.peerClosed
        if agent.wantsRead { events |= Int16(POLLIN) }
        if agent.wantsWrite { events |= Int16(POLLOUT) }
        let (socket, timeout) = (agent.socket, milliseconds(agent))
        // poll(2) passes over what has no descriptor.
        let readable: InlineArray<5, Int32> = [
            signals, control?.descriptor ?? -1, agent.recallDescriptor ?? -1,
            agent.requestDescriptor ?? -1, port?.descriptor ?? -1,
        ]
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 6) { polled in
            for place in readable.indices {
                polled.initializeElement(
                    at: place,
                    to: pollfd(fd: readable[place], events: Int16(POLLIN), revents: 0))
            }
            polled.initializeElement(
                at: 5, to: pollfd(fd: socket ?? -1, events: events, revents: 0))
            poll(polled.baseAddress, nfds_t(polled.count), timeout)
            var wake = Wake(hasSignals: polled[0].revents != 0, hasControl: polled[1].revents != 0)
            if events & Int16(POLLIN) == 0 {
                let gone = Int16(POLLERR | POLLHUP | POLLNVAL) | Self.peerClosed
                wake.isSocketGone = polled[5].revents & gone != 0
            }
            return wake
        }
    }

    private func milliseconds(_ agent: Agent) -> Int32 {
        if agent.hasBufferedInput { return 0 }
        let left = (agent.deadline - time.monotonic()).microseconds
        return Int32(clamping: min(1_000, max(0, (left + 999) / 1_000)))
    }
}
