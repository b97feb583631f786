import Broker
import Core
import Logging
import Mind
import Store
import Synchronization
import TestSupport

@testable import Agent

/// An agent on a real store, whose link and clock the test moves.
final class AgentUnderTest {
    let agent: Agent
    let link: SignalLink
    let clock: SimClock
    let log: ListLog

    /// - Throws: what `Agent.init` throws, and `OpenError`.
    init(
        _ path: String, disk: FaultVFS? = nil, rules: any RuleSource = SimRules(),
        shadowRules: (any RuleSource)? = nil, clock: SimClock = SimClock(),
        recalling: (any Recalling)? = nil, requesting: (any Requesting)? = nil,
        passwords: (any PasswordSource)? = nil,
        change: (StoreWriter) throws -> Void = { _ in },
        settings: (inout AgentSettings) -> Void = { _ in }
    ) throws {
        let store = try StoreWriter(
            path: path, options: StoreOptions(vfs: disk?.name, logID: "00c0ffee"))
        try change(store)
        let log = ListLog()
        let link = SignalLink()
        (self.log, self.link, self.clock) = (log, link, clock)
        var all = AgentSettings(
            node: "n", root: "jamey/n", clientID: "c", bootID: "b", version: "0",
            statusInterval: .seconds(30), survivesPowerCut: true,
            retention: .init(maxAge: .seconds(86_400), maxBytes: 1 << 30))
        settings(&all)
        agent = try Agent(
            settings: all, link: link, store: store, rules: rules, shadowRules: shadowRules,
            time: clock,
            checkpointing: InlineCheckpointing(), recalling: recalling ?? InlineRecall(store: path),
            requesting: requesting, passwords: passwords, log: Logger(label: "test") { _ in log },
            generator: SimRandom(seed: 1))
    }

    /// One turn that hears this.
    func turn(_ signals: LinkSignal..., messages: [Message] = []) {
        link.signals += signals
        link.messages += messages
        agent.turn()
    }

    func connect(isSessionPresent: Bool = false) {
        turn(.connected(isSessionPresent: isSessionPresent))
    }

    /// What was told on a topic below the root, the newest last.
    func told(_ topic: String) -> [JSONValue] {
        link.published.filter { $0.topic == "jamey/n/" + topic }
            .compactMap { try? JSONScanner.scan($0.payload) }
    }

    /// The codes of the errors that were told.
    var codes: [String] { told("events/errors").compactMap { $0["code"]?.string } }
    var status: String? { told("status").last?["status"]?.string }
    var reason: String? { told("status").last?["reason"]?.string }
    var availability: String? {
        let last = link.published.last { $0.topic == "jamey/n/availability" }
        return last.map { String(decoding: $0.payload, as: UTF8.self) }
    }
}

/// A link that says what it is told to, and keeps what is published.
final class SignalLink: BrokerLink {
    var signals: [LinkSignal] = []
    var messages: [Message] = []
    private(set) var published: [Publication] = []
    private(set) var abandoned = 0
    /// What was asked of the connection, in order: `connect`, `disconnect`, and `leave` where the
    /// will stays.
    private(set) var asked: [String] = []
    /// What happens while it is left to be made again.
    var whileLeaving: () -> Void = {}
    /// As it was replaced.
    private(set) var passwords: [String] = []
    /// What the broker takes at most.
    var payloadBytesMax = Int.max
    /// As when libmosquitto takes nothing.
    var publishError: PublishError?
    var socket: Int32? { nil }
    var wantsWrite: Bool { true }
    var hasBufferedInput = false
    var reportsDuplicates = false
    var isReadingPaused = false
    var burstCountMax = Limits.burstCountMax

    func replacePassword(_ password: [UInt8]?) {
        passwords.append(String(decoding: password ?? [], as: UTF8.self))
    }

    func connect() { asked.append("connect") }
    func flush() {}
    func subscribe(_ subscriptions: [Subscription]) {}
    func unsubscribe(_ filters: [String]) {}
    func tick() {}
    func disconnect(keepsWill: Bool) {
        asked.append(keepsWill ? "leave" : "disconnect")
        if keepsWill { whileLeaving() }
    }

    func abandon() { abandoned += 1 }

    func receive(into burst: inout Burst) {
        burst.signals += signals
        signals.removeAll()
        guard !isReadingPaused else { return }
        burst.messages += messages
        messages.removeAll()
    }

    func publish(_ publication: Publication) throws(PublishError) -> UInt16 {
        if let publishError { throw publishError }
        guard publication.payload.count <= payloadBytesMax else { throw .tooLarge }
        published.append(publication)
        return publication.qos == .atMostOnce ? 0 : UInt16(published.count)
    }
}

/// Keeps the lines of a log.
struct ListLog: LogHandler {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    private let lines = Lines()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let rest = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        lines.all.withLock { $0.append("\(event.level): \(event.message)\(rest)") }
    }

    var text: String { lines.all.withLock { $0.joined(separator: "\n") } }

    /// Lines with it.
    func count(_ text: String) -> Int { lines.all.withLock { $0.count { $0.contains(text) } } }

    func has(_ text: String) -> Bool { lines.all.withLock { $0.contains { $0.contains(text) } } }
}
