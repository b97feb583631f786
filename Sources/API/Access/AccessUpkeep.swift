import Agent
import Core
import Logging
import Synchronization

/// What the API's door does beside requests: brings records of access into the audit chain, writes
/// down when keys were used, and looks whether the files of the certificate and of keys for tokens
/// have changed.
public final class AccessUpkeep: Sendable {
    private let access: AccessLog
    private let keys: KeyRing
    private let tokens: TokenVerifier?
    private let port: AgentPort
    private let clock: any TimeSource
    private let log: Logger
    private let last: Mutex<Times>
    private let watched = Mutex(Watched())

    private struct Times: Sendable {
        var keyUse: MonotonicTime
        var files: MonotonicTime
    }

    private struct Watched: Sendable {
        var certificate: TLSCertificate?
        /// What health says of it.
        var toldFault: String?
    }

    public init(
        access: AccessLog, keys: KeyRing, tokens: TokenVerifier?, port: AgentPort,
        clock: any TimeSource, log: Logger
    ) {
        self.access = access
        self.keys = keys
        self.tokens = tokens
        self.port = port
        self.clock = clock
        self.log = log
        let now = clock.monotonic()
        last = Mutex(Times(keyUse: now, files: now))
    }

    /// Nil without TLS, and before it listens.
    var certificate: TLSCertificate? { watched.withLock { $0.certificate } }

    /// Looks after a certificate from now on.
    func watch(_ certificate: TLSCertificate) {
        watched.withLock { $0.certificate = certificate }
    }

    /// Works until the task is cancelled. To be run once.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.ring() }
            for await _ in self.access.wakes {
                await self.work()
                // What comes meanwhile is gathered: a flood of refusals must not become one of
                // synced transactions beside the messages.
                try? await Task.sleep(for: Limits.accessFlushInterval)
            }
            group.cancelAll()
        }
    }

    /// The last records and uses; before the port is closed.
    public func close() async {
        await access.flush(isFinal: true)
        await writeKeyUse()
    }

    /// Minutes end and files change without anybody's request.
    private func ring() async {
        while !Task.isCancelled {
            access.wake()
            // Time itself is what is waited for here.
            try? await Task.sleep(for: Limits.apiFilesInterval)
        }
    }

    /// One round: what is due.
    func work() async {
        await access.flush()
        let (isKeyUseDue, areFilesDue) = takeDue(at: clock.monotonic())
        if isKeyUseDue { await writeKeyUse() }
        guard areFilesDue else { return }
        await tokens?.refresh()
        certificate?.refresh()
        await tellFault()
    }

    private func takeDue(at now: MonotonicTime) -> (keyUse: Bool, files: Bool) {
        last.withLock { last in
            let due = (
                keyUse: now - last.keyUse >= Limits.keyUseInterval,
                files: now - last.files >= Limits.apiFilesInterval
            )
            if due.keyUse { last.keyUse = now }
            if due.files { last.files = now }
            return due
        }
    }

    /// Has health say what is wrong with the certificate and the keys for tokens, or that nothing
    /// is any longer.
    private func tellFault() async {
        let faults = [certificate?.fault, tokens?.fault].compactMap { $0 }
        let fault = faults.isEmpty ? nil : faults.joined(separator: "; ")
        guard watched.withLock({ $0.toldFault }) != fault else { return }
        do throws(PortError) {
            try await port.ask { $0.apiFault = fault }
            watched.withLock { $0.toldFault = fault }
        } catch {
            // The next round tries again; the log has said it.
            log.debug("health does not say yet how the API's files are: \(error)")
        }
    }

    private func writeKeyUse() async {
        let used = keys.takeUsed()
        guard !used.isEmpty else { return }
        let actor = Actor(name: "jamey", address: "")
        do throws(PortError) {
            switch try await port.ask({ $0.change(.used(used), by: actor) }) {
            case .success: return
            case .failure(let error): fail(error.message)
            }
        } catch { fail("\(error)") }
        keys.giveBack(used)
    }

    private func fail(_ reason: String) {
        log.debug("the last use of keys is not written down yet: \(reason)")
    }
}
