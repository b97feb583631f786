import Agent
import Core
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Store
import Synchronization

/// The HTTP API: answers on every TCP address and on the local socket, by one thread for all
/// connections and the shared threads for handlers.
///
/// Nothing of it is on a message's path: handlers ask the loop by its port, and the store by
/// connections of their own. It can be asked without listening (`responder`).
public final class APIServer: Sendable {
    /// What it has while it runs.
    private struct Running {
        var group: MultiThreadedEventLoopGroup?
        /// What its listeners share; nil before the start and after the stop.
        var shared: Listener.Shared?
        var local: (listener: Listener, socket: LocalSocket)?
        /// By place in the settings.
        var tcp: [Int: Listener] = [:]
        var upkeep: Task<Void, Never>?
        var hasStarted = false
        var isStopping = false
    }

    let services: APIServices
    let responder: RouterResponder<APIContext>
    let upkeep: AccessUpkeep
    let tally: ConnectionTally
    private let handshakes: HandshakeRate
    private let mqtt: MQTTRequests?
    let unsent: UnsentBytes
    private let patience: ConnectionPatience
    private let running = Mutex(Running())
    /// That it is to be seen anew where it does not listen.
    private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Listens nowhere yet.
    public convenience init(
        settings: APISettings, port: AgentPort, log: Logger, clock: any TimeSource = SystemTime()
    ) {
        self.init(settings: settings, port: port, log: log, clock: clock, bounds: .init())
    }

    /// - Parameters:
    ///   - bounds: smaller in tests, as the times are.
    init(
        settings: APISettings, port: AgentPort, log: Logger, clock: any TimeSource,
        bounds: ConnectionTally.Bounds, handshakes: HandshakeRate.Bounds = .init(),
        patience: ConnectionPatience = .init(), unsentBytesMax: Int = Limits.apiUnsentBytesMax
    ) {
        let tally = ConnectionTally(bounds)
        self.tally = tally
        services = APIServices(
            settings, port: port, connections: tally, clock: clock, log: log)
        let responder = Router<APIContext>.api(services).buildResponder()
        self.responder = responder
        if settings.takesMQTT {
            mqtt = MQTTRequests(log: log) {
                try await responder.respond(to: $0, context: $1)
            }
        } else {
            mqtt = nil
        }
        upkeep = AccessUpkeep(
            access: services.access, keys: services.keys, tokens: services.tokens, port: port,
            clock: clock, log: log)
        self.handshakes = HandshakeRate(handshakes, clock: clock)
        unsent = UnsentBytes(bytesMax: unsentBytesMax)
        self.patience = patience
    }

    /// Where it answers: `127.0.0.1:8642`, `unix:/run/jamey/jamey.sock`.
    public var places: [String] {
        running.withLock { running in
            let tcp = running.tcp.sorted { $0.key < $1.key }.map { $0.value.place }
            return (running.local.map { [$0.listener.place] } ?? []) + tcp
        }
    }

    /// Requests by MQTT, which go through the same chain; nil where they are not taken.
    public func requests() -> MQTTRequests? { mqtt }

    /// Reads the keys for tokens and the certificate again, and tries to listen where it does not,
    /// as at `SIGHUP`.
    public func reload() async {
        await services.tokens?.reload()
        upkeep.certificate?.reload()
        wakes.continuation.yield()
    }
}

// MARK: Starting

extension APIServer {
    /// Listens everywhere it can, and tries again where it cannot, until it is stopped.
    ///
    /// To be called once, and then `start` is not.
    /// - Parameters:
    ///   - pauseMin: before it is tried again for the first time; longer in tests.
    ///   - tell: is told where it listens, where it does not and why: at first, and when something
    ///     of that has changed.
    public func run(
        pauseMin: Duration = Limits.apiListenDelayMin,
        tell: @Sendable (_ places: [String], _ errors: [APIStartError]) async -> Void
    ) async {
        var (errors, known) = (await start(), places)
        // Of one that is stopped nothing is worth telling: it listens nowhere, and nothing failed.
        guard !isStopping else { return }
        await tell(known, errors)
        var pause = pauseMin
        var times = wakes.stream.makeAsyncIterator()
        while await isTime(after: errors.isEmpty ? Limits.apiListenDelayMax : pause, &times) {
            let (again, now) = (await listenAgain(), places)
            guard !isStopping else { return }
            if again == errors, now == known {
                pause = min(pause * 2, Limits.apiListenDelayMax)
                continue
            }
            (errors, known, pause) = (again, now, pauseMin)
            await tell(known, errors)
        }
    }

    private var isStopping: Bool { running.withLock { $0.isStopping } }

    /// Waits for a while, or until somebody wants it sooner.
    /// - Returns: false once it is stopped.
    private func isTime(
        after pause: Duration, _ times: inout AsyncStream<Void>.Iterator
    ) async -> Bool {
        let timer = Task { [wakes] in
            // Nothing says that an address is there, or that nobody else has it any longer.
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            wakes.continuation.yield()
        }
        defer { timer.cancel() }
        return await times.next() != nil
    }

    /// Listens everywhere it can. To be called once.
    /// - Returns: where it does not, and why.
    func start() async -> [APIStartError] {
        let mayStart = running.withLock { running in
            precondition(!running.hasStarted, "an API starts once")
            running.hasStarted = true
            return !running.isStopping
        }
        guard mayStart else { return [] }
        await services.tokens?.reload()
        let hasKeys = await loadKeys()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let task = Task { await work(hasKeys: hasKeys) }
        let shared = Listener.Shared(
            group: group, tally: tally, handshakes: handshakes, unsent: unsent,
            access: services.access, responder: responder, clock: services.clock,
            log: services.log, patience: patience)
        let mayGoOn = running.withLock { running in
            guard !running.isStopping else { return false }
            running.group = group
            running.shared = shared
            running.upkeep = task
            return true
        }
        guard mayGoOn else {
            task.cancel()
            try? await group.shutdownGracefully()
            return []
        }
        return await listen(shared)
    }

    /// Tries once more where it does not listen, and where the socket's file is gone.
    /// - Returns: where it still does not, and why.
    func listenAgain() async -> [APIStartError] {
        guard let shared = running.withLock({ $0.shared }) else { return [] }
        return await listen(shared)
    }

    /// Takes the API keys as the store has them.
    /// - Returns: false where it cannot be read: no key is taken.
    @discardableResult
    func loadKeys() async -> Bool {
        do throws(APIError) {
            var isTaken = false
            while !isTaken {
                let changes = services.keys.changes
                let keys = try await services.store.read { (reader) throws(ReadError) in
                    try reader.apiKeys()
                }
                isTaken = services.keys.load(keys, unlessChangedSince: changes)
            }
            return true
        } catch {
            services.log.error(
                "no API key is taken, the store cannot be read: \(error.details ?? error.message)")
            return false
        }
    }

    /// What is done beside requests, until the task is cancelled. However long keys cannot be read,
    /// records of access are written down and files are looked at.
    private func work(hasKeys: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            if !hasKeys { group.addTask { await self.loadKeysLater() } }
            group.addTask { await self.upkeep.run() }
        }
    }

    private func loadKeysLater() async {
        repeat {
            // There is nothing to wait on: a disk is tried again after a while.
            let mayGoOn = (try? await Task.sleep(for: Limits.apiKeysRetryDelay)) != nil
            guard mayGoOn else { return }
        } while await !loadKeys()
    }

    /// Listens where it does not yet.
    private func listen(_ shared: Listener.Shared) async -> [APIStartError] {
        var errors: [APIStartError] = []
        do throws(APIStartError) { try await listenLocally(shared) } catch { errors.append(error) }
        let missing = running.withLock { running in
            services.settings.listen.enumerated().filter { running.tcp[$0.offset] == nil }
        }
        guard !missing.isEmpty else { return errors }
        let tls: TLSCertificate?
        do throws(TLSFault) { tls = try certificate() } catch {
            // Better not at all than in the clear.
            return errors
                + missing.map { APIStartError(place: $0.element.text, reason: "\(error)") }
        }
        for (number, address) in missing {
            do throws(APIStartError) {
                let listener = try await Listener.tcp(address, tls: tls, shared)
                _ = await keep(listener) { $0.tcp[number] = listener }
            } catch { errors.append(error) }
        }
        return errors
    }

    /// The certificate, which is looked after from the first time on; nil without TLS.
    private func certificate() throws(TLSFault) -> TLSCertificate? {
        guard let files = services.settings.tls else { return nil }
        if let known = upkeep.certificate { return known }
        let certificate = try TLSCertificate(files, log: services.log)
        upkeep.watch(certificate)
        return certificate
    }

    private func listenLocally(_ shared: Listener.Shared) async throws(APIStartError) {
        guard let path = services.settings.socketPath else { return }
        await leaveLostSocket()
        guard running.withLock({ $0.local == nil }) else { return }
        let socket = try LocalSocket(path: path)
        do throws(APIStartError) {
            let listener = try await Listener.local(socket, shared)
            if await keep(listener, { $0.local = (listener, socket) }) { return }
            socket.remove()
        } catch {
            socket.remove()
            throw error
        }
    }

    /// Nobody finds a socket whose file was removed; its lock is in the way of another one.
    private func leaveLostSocket() async {
        let lost = running.withLock { running -> (listener: Listener, socket: LocalSocket)? in
            guard let local = running.local, !local.socket.isInPlace else { return nil }
            running.local = nil
            return local
        }
        guard let lost else { return }
        try? await lost.listener.channel.close()
        lost.socket.remove()
    }

    /// Notes a listener.
    /// - Returns: false where it is too late, and it does not listen any longer.
    private func keep(_ listener: Listener, _ note: (inout Running) -> Void) async -> Bool {
        let isKept = running.withLock { running in
            guard !running.isStopping else { return false }
            note(&running)
            return true
        }
        if !isKept { try? await listener.channel.close() }
        return isKept
    }
}

// MARK: Stopping

extension APIServer {
    /// Takes no connection and no request by MQTT any longer, lets what is under way end within
    /// `Limits.apiStopTimeMax`, and lets go of the store. Also where it was never started.
    public func stop() async {
        let taken = running.withLock { running in
            let taken = running
            running = Running()
            running.hasStarted = taken.hasStarted
            running.isStopping = true
            return taken
        }
        wakes.continuation.finish()
        if let local = taken.local { try? await local.listener.channel.close() }
        taken.local?.socket.remove()
        for listener in taken.tcp.values { try? await listener.channel.close() }
        await services.events.close()
        services.jobs.close()
        async let answered: Void = endRequests()
        async let worked: Void = services.jobs.waitForEnd(within: Limits.apiStopTimeMax)
        await endConnections(taken.group)
        await answered
        await worked
        taken.upkeep?.cancel()
        // What it has in hand is written down before the last records are.
        await taken.upkeep?.value
        await upkeep.close()
        await services.store.close()
        try? await taken.group?.shutdownGracefully()
    }

    /// Those by MQTT. One that goes on for longer finds no store, and nobody hears of it.
    private func endRequests() async { await mqtt?.finish(within: Limits.apiStopTimeMax) }

    private func endConnections(_ group: MultiThreadedEventLoopGroup?) async {
        guard let group else { return }
        for connection in tally.connections {
            connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        let timer = group.next().scheduleTask(in: TimeAmount(Limits.apiStopTimeMax)) { [tally] in
            tally.giveUp()
        }
        await tally.becomesEmpty()
        timer.cancel()
        for connection in tally.connections { connection.close(promise: nil) }
    }
}
