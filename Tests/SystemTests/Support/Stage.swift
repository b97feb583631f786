import BrokerTestSupport
import Glibc

/// Lets the clients of a test live until a condition holds.
final class Stage {
    private var clients: [Client] = []
    /// Done at every turn, as keeping a stream going.
    var meanwhile: () -> Void = {}

    func add(_ client: Client) -> Client {
        clients.append(client)
        return client
    }

    /// One turn of every client; waits up to 5 ms for any of them.
    func turn() {
        if !clients.contains(where: \.hasBufferedInput) {
            var entries = clients.compactMap { client in
                client.socket.map { socket in
                    let events = client.wantsWrite ? POLLIN | POLLOUT : POLLIN
                    return pollfd(fd: socket, events: Int16(events), revents: 0)
                }
            }
            poll(&entries, nfds_t(entries.count), 5)
        }
        for client in clients { client.turn() }
        meanwhile()
    }

    /// Turns until the condition holds.
    /// - Parameter seconds: the deadline; longer where the programs are slower by design.
    /// - Returns: how long that took.
    @discardableResult
    func wait(
        _ what: @autoclosure () -> String, seconds: Double = 15,
        until condition: () throws -> Bool
    ) throws -> Duration {
        let start = ContinuousClock.now
        let seconds = seconds * Double(Pace.slowness)
        while try !condition() {
            guard ContinuousClock.now < start + .seconds(seconds) else {
                throw TestFailure("not within \(seconds) s: \(what())")
            }
            turn()
        }
        return ContinuousClock.now - start
    }

    /// Turns for as long as something is meant to last, as an outage.
    func last(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end { turn() }
    }
}
