import API
import Agent
import Core
import Logging
import Synchronization

/// The HTTP API as the daemon runs it: beside the loop, which never waits for it.
final class APIStart {
    /// By which the API asks the loop, as may whoever else is not the loop.
    let port: AgentPort
    /// Requests by MQTT; nil where there is no API, or it takes none.
    let requests: MQTTRequests?
    private let server: APIServer?
    private let log: Logger
    private let state = StopState()
    /// When the loop waits for the end of the API no longer; nil before the stop.
    private var stopsBy: MonotonicTime?

    /// Shared with the task that stops it.
    private final class StopState: Sendable {
        let isOver = Atomic(false)
    }

    /// - Parameter settings: nil: there is no API, and all of this does nothing.
    init(_ settings: APISettings?, log: Logger) {
        let port = AgentPort()
        self.port = port
        self.log = log
        server = settings.map { APIServer(settings: $0, port: port, log: log) }
        requests = server?.requests()
    }

    /// Begins to listen, and tries again where that fails; what comes of it is in the log and in
    /// health.
    func begin() {
        guard let server else { return }
        Task.detached { [port, log] in
            await server.run { places, errors in
                for error in errors { APIStart.tell(error, log) }
                if !places.isEmpty {
                    log.notice(
                        "the API answers", metadata: ["on": "\(places.joined(separator: " "))"])
                }
                await APIStart.report(APIStart.status(places, errors), to: port)
            }
        }
    }

    /// Has the loop know what health has to say, however busy it is now.
    private static func report(_ status: APIStatus, to port: AgentPort) async {
        while true {
            do throws(PortError) {
                return try await port.ask { $0.apiStatus = status }
            } catch {
                switch error {
                case .stopped: return
                case .overloaded, .late:
                    // There is nothing to wait on: the loop is asked again after a while.
                    try? await Task.sleep(for: Limits.apiStatusRetryDelay)
                }
            }
        }
    }

    /// Reads the keys for tokens and the certificate again, and tries to listen where it does not.
    func reload() {
        guard let server else { return }
        Task.detached { await server.reload() }
    }

    /// Begins to stop; the loop goes on meanwhile, so that what is under way is answered and what
    /// was done is written down. Further calls change nothing.
    func stop(at now: MonotonicTime) {
        guard let server, stopsBy == nil else { return }
        stopsBy = now + Limits.apiStopTimeMax + Limits.apiFarewellTimeMax
        requests?.close()
        Task.detached { [port, state] in
            await server.stop()
            state.isOver.store(true, ordering: .releasing)
            // Wakes the loop, which may close the store now.
            try? await port.ask { _ in }
        }
    }

    /// Whether nothing of it is left to wait for, once it was stopped.
    func isOver(at now: MonotonicTime) -> Bool {
        guard server != nil else { return true }
        return state.isOver.load(ordering: .acquiring) || stopsBy.map { now >= $0 } ?? false
    }

    private static func tell(_ error: APIStartError, _ log: Logger) {
        if error.isForLackOfDirectory {
            log.notice("there is no local socket of the API: \(error)")
        } else {
            log.error("the API does not answer there: \(error)")
        }
    }

    /// A machine without systemd has no directory for the socket, and is well.
    private static func status(_ places: [String], _ errors: [APIStartError]) -> APIStatus {
        let faults = errors.filter { places.isEmpty || !$0.isForLackOfDirectory }
        guard !faults.isEmpty else { return .listening(places) }
        return .failed(faults.map(\.description).joined(separator: "; "))
    }
}

extension APISettings {
    /// As it is configured; nil where it is not wanted.
    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`, where systemd set it.
    /// - Throws: `.noCredentialsDirectory`.
    init?(
        _ configuration: AgentConfiguration, credentialsDirectory directory: String?
    ) throws(CredentialError) {
        let http = configuration.http
        guard http.isEnabled else { return nil }
        self.init(
            node: configuration.node, version: Version.number, storePath: configuration.store.path)
        listen = http.listen
        socketPath = http.socket
        if let files = http.tls {
            tls = TLSFiles(
                certificate: try files.certificate.path(credentialsDirectory: directory),
                key: try files.key.path(credentialsDirectory: directory))
        }
        hosts = http.hosts
        corsOrigins = http.cors
        isDebug = http.isDebug
        isMetricsOpen = http.metrics == .open
        rate = Rate(perSecond: Double(http.rate.perSecond), burst: http.rate.burst)
        if let tokens = http.jwt { jwt = try JWT(tokens, directory) }
        takesMQTT = http.mqtt.isEnabled
        ruleDirectory = configuration.rules.directory
    }
}

extension APISettings.JWT {
    fileprivate init(
        _ jwt: AgentConfiguration.HTTP.JWT, _ directory: String?
    ) throws(CredentialError) {
        var keys: [Key] = []
        for key in jwt.keys {
            let file = try key.file.path(credentialsDirectory: directory)
            keys.append(Key(file: file, algorithm: key.algorithm, id: key.id))
        }
        self.init(
            keys: keys, jwksFile: try jwt.jwks?.path(credentialsDirectory: directory),
            issuer: jwt.issuer, audience: jwt.audience, roleClaim: jwt.roleClaim,
            leeway: jwt.leeway)
    }
}
