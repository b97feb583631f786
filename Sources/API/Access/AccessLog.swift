import Agent
import Core
import Logging
import Synchronization

/// Brings into the audit chain who came to the API: notes it at once, without waiting for anything,
/// and hands it to the loop a little later (`AccessUpkeep`).
///
/// What the loop or the store does not take is kept for the next time, within bounds. A record that
/// the store took and whose answer was lost does not come twice: the port either does something or
/// refuses it.
public final class AccessLog: Sendable {
    private let journal = Mutex(AccessJournal())
    /// Whether the last records could not be written down, and that was told.
    private let isFailing = Atomic(false)
    private let port: AgentPort
    private let clock: any TimeSource
    private let log: Logger
    /// Something is to be written down now. For one listener.
    let wakes: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    public init(port: AgentPort, clock: any TimeSource, log: Logger) {
        self.port = port
        self.clock = clock
        self.log = log
        (wakes, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Somebody showed good credentials. Counted by the minute.
    func authenticated(_ principal: Principal, from source: Source) {
        note(.authenticated, Actor(name: principal.name, address: source.address))
    }

    /// Somebody was sent away.
    ///
    /// - Parameters:
    ///   - name: who it is; empty of somebody who was not authenticated.
    ///   - what: the method and the pattern of the route; empty where none was meant.
    ///   - reason: a stable code.
    func refused(name: String = "", from source: Source, what: String = "", reason: String) {
        note(.refused, Actor(name: name, address: source.address), what, reason)
    }

    /// An address has to wait from now on.
    func lockedOut(from source: Source, what: String = "", reason: String) {
        note(.lockedOut, Actor(name: "", address: source.address), what, reason)
    }

    /// Somebody did something that changes something.
    func changed(_ principal: Principal, from source: Source, what: String) {
        note(.changed, Actor(name: principal.name, address: source.address), what)
    }

    private func note(
        _ kind: AccessRecord.Kind, _ actor: Actor, _ what: String = "", _ reason: String = ""
    ) {
        let record = AccessRecord(
            at: clock.now(), actor: actor, kind: kind, what: what, reason: reason)
        if journal.withLock({ $0.note(record) }) { wake() }
    }

    /// Has the listener look.
    func wake() { bell.yield() }

    /// Hands everything over that is ready, a transaction at a time.
    ///
    /// - Parameter isFinal: also what the minute has so far.
    func flush(isFinal: Bool = false) async {
        while true {
            let records = journal.withLock { $0.take(at: clock.now(), isFinal: isFinal) }
            guard !records.isEmpty else { return }
            guard let reason = await refusal(of: records) else {
                isFailing.store(false, ordering: .relaxed)
                continue
            }
            journal.withLock { $0.giveBack(records) }
            if !isFailing.exchange(true, ordering: .relaxed) {
                log.warning("who came to the API is not in the audit chain yet: \(reason)")
            }
            return
        }
    }

    /// nil: they are in the store.
    private func refusal(of records: [AccessRecord]) async -> String? {
        do throws(PortError) {
            return try await port.ask { $0.record(records) }?.message
        } catch { return "\(error)" }
    }
}
