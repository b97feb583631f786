import Agent
import Core
import HTTPTypes
import Hummingbird
import Logging
import Mind
import Store
import TestSupport

@testable import API

/// The API over a real agent on a real store, asked without a network: the whole chain of
/// middlewares, and every handler.
///
/// ```swift
/// let fixture = try APIFixture.make(rules: yaml)
/// await fixture.hear("plant/a/press-1/telemetry", #"{"temp":81}"#)
/// let viewer = try await fixture.key(role: .viewer)
/// let answer = await fixture.request(.get, "/devices", token: viewer)
/// #expect(answer.status == 200)
/// ```
/// The agent's clock and the API's stand still but for `clock.advance(by:)`.
final class APIFixture: Sendable {
    let server: APIServer
    let agent: AgentThread
    let clock: TestClock
    let rules: ListedRules
    let log: ListedLog
    private let home: Home

    // Removed with the fixture.
    // Threads share it: its path is a constant, and nothing else of it is touched.
    private final class Home: @unchecked Sendable {
        let directory: TestDirectory

        init() throws { directory = try TestDirectory("api") }
    }

    /// Of the test's own directory: for rule files, keys and sockets.
    var path: String { home.directory.path }
    var storePath: String { path + "/jamey.db" }
    var port: AgentPort { agent.port }
    var services: APIServices { server.services }

    /// - Parameters:
    ///   - rules: one file of rules; nil: the two default rules.
    ///   - isBrokerThere: whether the agent is `online` at once, or never.
    ///   - settings: changes those of the API, which is given this directory's path.
    ///   - agentSettings: changes those of the agent.
    ///   - fill: writes to the store before the agent opens it.
    ///   - ruleSource: where the agent's rules come from instead, in this directory.
    ///   - shadowRules: where rules in shadow come from.
    ///   - passwords: where the password for the broker comes from, in this directory.
    ///   - areKeysRead: whether the API keys of the store are known, of which it has none.
    ///   - bounds: what the server bears.
    static func make(
        rules yaml: String? = nil, isBrokerThere: Bool = true, clock: TestClock = TestClock(),
        settings: (inout APISettings, _ path: String) -> Void = { _, _ in },
        agentSettings: (inout AgentSettings) -> Void = { _ in },
        fill: @escaping @Sendable (StoreWriter) throws -> Void = { _ in },
        ruleSource: (_ path: String) throws -> (any RuleSource)? = { _ in nil },
        shadowRules: (any RuleSource)? = nil,
        passwords: (_ path: String) throws -> (any PasswordSource)? = { _ in nil },
        areKeysRead: Bool = true, bounds: ServerBounds = ServerBounds()
    ) throws -> APIFixture {
        let home = try Home()
        let path = home.directory.path
        let log = ListedLog()
        let logger = Logger(label: "test") { _ in log }
        var all = AgentSettings(
            node: "edge-1", root: "jamey/edge-1", clientID: "jamey-edge-1", bootID: "b007",
            version: "3.0.0", statusInterval: .seconds(30), survivesPowerCut: false,
            retention: .init(maxAge: .seconds(86_400), maxBytes: 1 << 30))
        agentSettings(&all)
        let rules = ListedRules(yaml)
        let source = try ruleSource(path) ?? rules
        let agent = try AgentThread(
            AgentThread.Plan(
                store: path + "/jamey.db", settings: all, rules: source, shadowRules: shadowRules,
                passwords: passwords(path), clock: clock, log: logger,
                isBrokerThere: isBrokerThere, fill: fill),
            port: AgentPort())
        var api = APISettings(node: "edge-1", version: "3.0.0", storePath: path + "/jamey.db")
        api.ruleDirectory = path + "/rules.d"
        // No test runs into the rate by accident.
        api.rate = APISettings.Rate(perSecond: 1_000_000, burst: 1_000_000)
        settings(&api, path)
        let server = APIServer(
            settings: api, port: agent.port, log: logger, clock: bounds.clock ?? clock,
            bounds: bounds.connections, handshakes: bounds.handshakes, patience: bounds.patience,
            unsentBytesMax: bounds.unsentBytesMax)
        // A server that was not started has read none, and the store has none.
        if areKeysRead { server.services.keys.load([]) }
        return APIFixture(server, agent, clock, rules, log, home)
    }

    private init(
        _ server: APIServer, _ agent: AgentThread, _ clock: TestClock, _ rules: ListedRules,
        _ log: ListedLog, _ home: Home
    ) {
        self.server = server
        self.agent = agent
        self.clock = clock
        self.rules = rules
        self.log = log
        self.home = home
    }

    deinit {
        let store = services.store
        Task { await store.close() }
        agent.stop()
    }

    /// Has the agent hear a message of QoS 1; returns when it is committed.
    func hear(_ topic: String, _ text: String) async {
        await agent.hear([Message(topic: topic, payload: Array(text.utf8), qos: .atLeastOnce)])
    }
}

extension APIFixture {
    /// Asks for something.
    ///
    /// - Parameters:
    ///   - path: with its query, percent-encoded.
    ///   - token: an API key or a token, as `Authorization: Bearer`.
    ///   - source: where from; the local socket is an administrator.
    ///   - body: as JSON, unless `headers` say something else.
    func request(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil,
        from source: API.Source = .address("127.0.0.1"), headers: HTTPFields = [:],
        body: String? = nil
    ) async -> Answer {
        await request(
            method, path, token: token, from: source, headers: headers,
            bytes: body.map { Array($0.utf8) } ?? [])
    }

    func request(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil,
        from source: API.Source = .address("127.0.0.1"), headers: HTTPFields = [:],
        bytes: [UInt8]
    ) async -> Answer {
        do {
            let response = try await respond(
                method, path, token: token, from: source, headers: headers, bytes: bytes)
            let collector = BodyCollector()
            try await response.body.write(collector)
            return Answer(
                status: response.status.code, headers: response.headers, body: collector.bytes)
        } catch {
            return Answer(status: 0, headers: [:], body: Array("\(error)".utf8))
        }
    }

    /// The same with the response as it is: for bodies that do not end.
    func respond(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil,
        from source: API.Source = .address("127.0.0.1"), headers: HTTPFields = [:],
        bytes: [UInt8] = []
    ) async throws -> Response {
        var headers = headers
        if let token { headers[.authorization] = "Bearer " + token }
        if !bytes.isEmpty {
            if headers[.contentType] == nil { headers[.contentType] = "application/json" }
            headers[.contentLength] = String(bytes.count)
        }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: path,
            headerFields: headers)
        let logger = Logger(label: "test") { [log] _ in log }
        return try await server.responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes))),
            context: APIContext(source: APIContextSource(client: source, logger: logger)))
    }

    /// The same as an administrator, by the local socket.
    func admin(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: String? = nil
    ) async -> Answer {
        await request(method, path, from: .unix(uid: 0), headers: headers, body: body)
    }

    /// A new API key, made by the API itself.
    /// - Parameter name: `viewer`, `operator` or `admin` by default.
    func key(role: Role, name: String? = nil) async throws -> String {
        let body = JSONWriter.object {
            $0.member("name", name ?? role.rawValue)
            $0.member("role", role.rawValue)
        }
        let answer = await request(.post, "/keys", from: .unix(uid: 0), bytes: body)
        let members = answer.json?.object?.members ?? []
        guard answer.status == 201,
            let key = members.compactMap(\.value.string).first(where: { $0.hasPrefix("jamey_") })
        else { throw KeyRefused(answer: answer.text) }
        return key
    }

    struct KeyRefused: Error {
        var answer: String
    }
}
