import Agent
import Broker
import Core
import Glibc
import Logging
import Store

/// Puts the parts together and turns the loop until it is told to stop.
struct Daemon {
    private let preparation: Preparation
    private let signals: SignalQueue
    private let log: Logger

    /// The signals that the loop answers.
    static func blockSignals() -> SignalQueue? {
        signal(SIGPIPE, SIG_IGN)
        return SignalQueue([SIGTERM, SIGINT, SIGHUP])
    }

    init(_ preparation: Preparation, signals: SignalQueue) {
        self.preparation = preparation
        self.signals = signals
        let settings = preparation.configuration.log
        let level = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        let format: StandardErrorLog.Format = settings.format == .json ? .json : .text
        log = Logger(label: "jameyd") {
            StandardErrorLog(label: $0, level: level, format: format)
        }
    }

    /// - Returns: the exit code.
    func run() -> Int32 {
        for notice in preparation.notices { log.notice("\(notice)") }
        do throws(OpenError) {
            let store = try openStore()
            return run(store)
        } catch {
            log.critical("\(preparation.configuration.store.path): \(error)")
            return Exit.store
        }
    }

    private func run(_ store: StoreWriter) -> Int32 {
        var options = preparation.link
        var settings = settings()
        if let events = Failpoints.eventsPerCheckpoint {
            settings.checkpointOften(everyEvents: events)
        }
        options.will = settings.will
        let link = MosquittoLink(options)
        let api = APIStart(preparation.api, log: log)
        // Whoever asks from another thread, as the API does, is told that nobody answers then.
        defer { api.port.close() }
        do throws(StartError) {
            let agent = try Agent(
                settings: settings, link: link, store: store,
                rules: DirectoryRules(path: preparation.configuration.rules.directory),
                shadowRules: preparation.configuration.rules.shadow.map(DirectoryRules.init),
                checkpointing: BackgroundCheckpointing(),
                recalling: BackgroundRecall(store: preparation.configuration.store.path),
                requesting: api.requests, passwords: preparation.passwords, log: log)
            agent.failpoint = Failpoints.agent
            api.begin()
            return turn(agent, controlSocket(), api, bootID: settings.bootID)
        } catch {
            log.critical("\(error)")
            if case .rules = error { return Exit.configuration }
            return Exit.store
        }
    }

    private func turn(
        _ agent: Agent, _ control: ControlSocket?, _ api: APIStart, bootID: String
    ) -> Int32 {
        let waiter = Waiter(signals: signals.descriptor)
        let time = SystemTime()
        var notifier = ServiceNotifier { getenv($0).map { String(cString: $0) } }
        var isStopping = false
        notifier.ready()
        log.notice(
            "started", metadata: ["version": "\(Version.number)", "boot_id": "\(bootID)"])
        while !agent.isStopped {
            let wake = waiter.wait(for: agent, control, port: api.port)
            if wake.isSocketGone { agent.socketGone() }
            for signal in wake.hasSignals ? signals.read() : [] {
                if signal == SIGHUP {
                    reload(agent, notifier, at: time.monotonic())
                    api.reload()
                } else if isStopping {
                    // What is committed stays; what is not was not acknowledged.
                    log.warning("stopped at once by a second signal")
                    _exit(Exit.atOnce)
                } else {
                    isStopping = true
                    notifier.stopping()
                    api.stop(at: time.monotonic())
                }
            }
            // Whoever was answered by the API finds it in the log.
            if isStopping, api.isOver(at: time.monotonic()) { agent.stop() }
            agent.turn()
            if let control, !agent.isStopped {
                let now = time.monotonic()
                if wake.hasControl || control.isOverdue(at: now) {
                    control.serve(at: now) { agent.control($0, by: control.userID) }
                }
            }
            if !agent.isStopped { api.port.serve(agent) }
            notifier.feedWatchdog(at: time.monotonic())
        }
        return 0
    }

    /// Rules at once, credentials from the next connection on, which is tried at once.
    private func reload(_ agent: Agent, _ notifier: ServiceNotifier, at now: MonotonicTime) {
        notifier.reloading(at: now)
        agent.rereadPassword()
        do throws(CredentialError) {
            agent.replaceAuditKey(by: try Preparation.auditKey(preparation.configuration))
        } catch {
            log.error("the key of the audit chain stays as it was: \(error)")
        }
        agent.linkCredentials()
        agent.reload()
        agent.reconnect()
        notifier.ready()
    }

    /// jameyctl asks there; without it the agent does all else.
    private func controlSocket() -> ControlSocket? {
        let path = LocalAddress.controlPath(ofStore: preparation.configuration.store.path)
        do throws(ControlSocketError) {
            return try ControlSocket(path: path)
        } catch {
            log.warning("there is no control socket, jameyctl cannot change anything: \(error)")
            return nil
        }
    }

    private func openStore() throws(OpenError) -> StoreWriter {
        let settings = preparation.configuration.store
        return try StoreWriter(
            path: settings.path, durability: settings.durability == .power ? .power : .process,
            options: StoreOptions(copiesBeside: true, failpoint: Failpoints.store))
    }

    private func settings() -> AgentSettings {
        let configuration = preparation.configuration
        var settings = AgentSettings(
            node: configuration.node, root: configuration.topics.root,
            clientID: configuration.broker.clientID, bootID: Self.bootID(),
            version: Version.number, statusInterval: configuration.status.interval,
            survivesPowerCut: configuration.store.durability == .power,
            retention: .init(
                maxAge: configuration.store.shortTerm.maxAge,
                maxBytes: Int64(configuration.store.shortTerm.maxBytes),
                memories: configuration.memory.retention),
            memoryUpdates: configuration.memory.updates, rollUps: configuration.memory.rollUps)
        settings.configuration = configuration.effective(version: Version.number)
        settings.credentials = BrokerCredentials(
            password: preparation.link.password, tls: preparation.link.tls)
        settings.auditKey = preparation.auditKey
        settings.storePath = configuration.store.path
        settings.requestTopics = configuration.http.mqtt.topics
        return settings
    }

    /// 64 random bits, in hexadecimal digits.
    private static func bootID() -> String {
        let text = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
