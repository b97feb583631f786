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
        var listeners: [Listener] = []
        var socket: LocalSocket?
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
    public var places: [String] { running.withLock { $0.listeners.map(\.place) } }

    /// Requests by MQTT, which go through the same chain; nil where they are not taken.
    public func requests() -> MQTTRequests? { mqtt }

    /// Reads the keys for tokens and the certificate again, as at `SIGHUP`.
    public func reload() async {
        await services.tokens?.reload()
        upkeep.certificate?.reload()
    }
}

// MARK: Starting

extension APIServer {
    /// Listens everywhere it can. To be called once.
    /// - Returns: where it does not, and why.
    public func start() async -> [APIStartError] {
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
        let mayGoOn = running.withLock { running in
            guard !running.isStopping else { return false }
            running.group = group
            running.upkeep = task
            return true
        }
        guard mayGoOn else {
            task.cancel()
            try? await group.shutdownGracefully()
            return []
        }
        return await listen(
            Listener.Shared(
                group: group, tally: tally, handshakes: handshakes, unsent: unsent,
                access: services.access, responder: responder, clock: services.clock,
                log: services.log, patience: patience))
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

    private func listen(_ shared: Listener.Shared) async -> [APIStartError] {
        var errors: [APIStartError] = []
        do throws(APIStartError) {
            if let path = services.settings.socketPath { try await listenLocally(path, shared) }
        } catch { errors.append(error) }
        var tls: TLSCertificate?
        do throws(TLSFault) {
            if let files = services.settings.tls {
                let certificate = try TLSCertificate(files, log: services.log)
                upkeep.watch(certificate)
                tls = certificate
            }
        } catch {
            // Better not at all than in the clear.
            return errors
                + services.settings.listen.map { APIStartError(place: $0.text, reason: "\(error)") }
        }
        for address in services.settings.listen {
            do throws(APIStartError) {
                let listener = try await Listener.tcp(address, tls: tls, shared)
                await keep(listener)
            } catch { errors.append(error) }
        }
        return errors
    }

    private func listenLocally(
        _ path: String, _ shared: Listener.Shared
    ) async throws(APIStartError) {
        let socket = try LocalSocket(path: path)
        do throws(APIStartError) {
            let listener = try await Listener.local(socket, shared)
            await keep(listener, socket)
        } catch {
            socket.remove()
            throw error
        }
    }

    /// Unless it is too late.
    private func keep(_ listener: Listener, _ socket: LocalSocket? = nil) async {
        let isKept = running.withLock { running in
            guard !running.isStopping else { return false }
            running.listeners.append(listener)
            if let socket { running.socket = socket }
            return true
        }
        if isKept { return }
        try? await listener.channel.close()
        socket?.remove()
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
        for listener in taken.listeners { try? await listener.channel.close() }
        taken.socket?.remove()
        await services.events.close()
        services.backtests.close()
        async let answered: Void = endRequests()
        await endConnections(taken.group)
        await answered
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
