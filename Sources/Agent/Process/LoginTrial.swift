import Broker
import Core
import Glibc
import Mind
import Store

/// Logs in at the broker in the agent's place, to see whether it lets the agent in and what it
/// refuses: for `jameyctl doctor`, while no agent runs.
///
/// The broker is shown all that the agent would show, under another client identifier. Nothing is
/// published; what is retained is not asked for, and what comes all the same is dropped.
///
/// It takes two connections. A broker may put the username in the place of the identifier
/// (mosquitto's `use_username_as_clientid`): a clean start would then end the agent's own session,
/// with all messages that wait for the agent. So the first takes up the session that there is, as
/// the agent does, and asks for nothing. Only where there was none, or that of an earlier doctor
/// that was ended midway, a second asks for the subscriptions: it starts clean, so that nothing is
/// left of the first, and its session ends with it.
public struct LoginTrial {
    private let options: LinkOptions
    let wanted: SubscriptionSet
    private let lacksRules: Bool
    private let time = SystemTime()

    /// Reads the rules; touches no network.
    /// - Parameter options: those of the agent, with the password of this moment.
    public init(_ configuration: AgentConfiguration, link options: LinkOptions) {
        var options = options
        options.clientID = Self.clientID(beside: options.clientID)
        options.keepAlive = Limits.loginKeepAlive
        options.receiveMaximum = 1
        options.will = nil
        self.options = options
        let found = Self.subscriptions(of: configuration)
        wanted = found.wanted
        lacksRules = found.lacksRules
    }

    /// Of at most `Limits.brokerTextCharactersMax` characters, as that of the agent is.
    static func clientID(beside agent: String, mark: String = "-doctor") -> String {
        String(agent.prefix(Limits.brokerTextCharactersMax - mark.count)) + mark
    }

    /// What an agent asks for that starts now; without the rules' topics where the files are wrong,
    /// as only the store knows what is in force then.
    private static func subscriptions(
        of configuration: AgentConfiguration
    ) -> (wanted: SubscriptionSet, lacksRules: Bool) {
        let root = configuration.topics.root
        var mind = Mind(settings: Mind.Settings(root: root, logID: ""))
        var lacksRules = false
        do throws(RuleSetErrors) {
            let found = try RuleDirectory.read(configuration.rules.directory).files
            let files = held(against: found, store: configuration.store.path) ?? found
            mind.begin(after: 0, under: try RuleSetLoader.load(files))
        } catch { lacksRules = true }
        let http = configuration.http
        let requests = http.isEnabled && http.mqtt.isEnabled ? http.mqtt.topics : []
        let wanted = SubscriptionSet(root: root, filters: mind.filters, requests: requests)
        return (wanted, lacksRules)
    }

    /// The rules that a rollback or a promotion has put into force, and that an agent keeps which
    /// starts now; nil where none holds against these files, or the store cannot be read.
    private static func held(against files: [RuleFile], store path: String) -> [RuleFile]? {
        do throws(ReadError) {
            let reader = try StoreReader(path: path)
            guard let latest = try reader.activations(limit: 1).first?.activation,
                RuleHold(latest)?.directory == RuleFile.digest(of: files),
                let stored = try reader.ruleset(digest: latest.digest)
            else { return nil }
            return stored.files.map { RuleFile(name: $0.name, text: $0.text) }
        } catch { return nil }
    }

    /// Waits for the broker, for `Limits.loginStepTimeMax` at each step.
    public func run() -> LoginReport {
        LoginReport(clientID: options.clientID, outcome: outcome(), lacksRules: lacksRules)
    }

    private func outcome() -> LoginReport.Outcome {
        let now = time.now()
        if let reason = TokenDesk(options.password, at: now).objection(at: now) {
            return .withheld(reason: reason)
        }
        do throws(NoConnection) {
            if try hasSession(as: options), isSessionShared() {
                return .accepted(.unasked(reason: foundSession))
            }
            return .accepted(try ask())
        } catch {
            switch error {
            case .refused(let refusal):
                return .refused(code: refusal.code, reason: refusal.text)
            case .failed(let reason): return .failed(reason: reason)
            }
        }
    }

    /// Whether the broker has a session for this client, which is left as it is.
    private func hasSession(as options: LinkOptions) throws(NoConnection) -> Bool {
        let link = MosquittoLink(options)
        // What waits for the agent stays with the broker.
        link.isReadingPaused = true
        let isPresent = try connect(link)
        link.disconnect()
        return isPresent
    }

    /// Whether the session that was found is there for an identifier, too, that nobody has ever
    /// used: then the broker knows clients by something else, and it is the agent's. Who cannot
    /// tell takes it for that.
    private func isSessionShared() -> Bool {
        var unused = options
        let mark = "-" + String(UInt32.random(in: 0 ... .max), radix: 16)
        unused.clientID = Self.clientID(beside: options.clientID, mark: mark)
        do throws(NoConnection) {
            if try hasSession(as: unused) { return true }
            // Nothing is left of this one either.
            unused.startsClean = true
            unused.sessionExpiry = .zero
            _ = try hasSession(as: unused)
            return false
        } catch { return true }
    }

    private var foundSession: String {
        "the broker has a session for \(options.clientID) already, which is left as it is: it "
            + "takes the username for the client identifier (use_username_as_clientid), so that "
            + "the session is the agent's, or an earlier doctor was ended midway"
    }

    /// Subscribes to all that the agent subscribes to, in a session of its own.
    private func ask() throws(NoConnection) -> LoginReport.Subscriptions {
        var options = self.options
        options.startsClean = true
        options.sessionExpiry = .zero
        options.takesRetained = false
        let link = MosquittoLink(options)
        _ = try connect(link)
        defer { link.disconnect() }
        link.subscribe(wanted.subscriptions)
        link.flush()
        guard let signal = nextSignal(of: link) else { return .unanswered(reason: Self.late) }
        switch signal {
        case .subscribed(let codes):
            let refused = zip(wanted.filters, codes).filter { $0.1 >= 0x80 }.map { $0.0.text }
            return .answered(
                count: wanted.filters.count, refused: refused.count,
                named: Self.named(refused))
        case .lost(let reason): return .unanswered(reason: reason)
        case .refused(let refusal): return .unanswered(reason: refusal.text)
        case .connected, .confirmed:
            return .unanswered(reason: "it has answered something else")
        }
    }

    /// The first of them, as many as a report has room for.
    static func named(_ refused: [String]) -> [String] {
        var bytes = 0
        let named = refused.prefix(Limits.loginRefusedMax).prefix { filter in
            bytes += filter.utf8.count
            return bytes <= Limits.loginRefusedBytesMax
        }
        return Array(named)
    }

    // MARK: Steps

    /// Why there is no connection.
    private enum NoConnection: Error {
        case refused(Refusal)
        case failed(reason: String)
    }

    private static var late: String {
        "no answer within \(Limits.loginStepTimeMax.components.seconds) s"
    }

    /// - Returns: whether the broker had a session for us.
    private func connect(_ link: MosquittoLink) throws(NoConnection) -> Bool {
        var failure = Self.late
        for _ in 0..<Limits.loginTriesMax {
            link.connect()
            guard let signal = nextSignal(of: link) else { break }
            switch signal {
            case .connected(let isSessionPresent): return isSessionPresent
            case .refused(let refusal): throw .refused(refusal)
            case .lost(let reason): failure = reason
            case .confirmed, .subscribed: failure = "it has answered something else"
            }
        }
        link.abandon()
        throw .failed(reason: failure)
    }

    /// What the broker says next, or what has become of the connection; nil: nothing in time.
    private func nextSignal(of link: MosquittoLink) -> LinkSignal? {
        let deadline = time.monotonic() + Limits.loginStepTimeMax
        var burst = Burst()
        while true {
            link.receive(into: &burst)
            if let signal = burst.signals.first { return signal }
            burst.removeAll()
            if link.wantsWrite { link.flush() }
            let left = deadline - time.monotonic()
            guard left > .zero else { return nil }
            guard !link.hasBufferedInput else { continue }
            guard let socket = link.socket else {
                return .lost(reason: "the broker closed the connection")
            }
            let events = link.wantsWrite ? POLLIN | POLLOUT : POLLIN
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            poll(&entry, 1, Int32(clamping: min(1_000, left.microseconds / 1_000 + 1)))
        }
    }
}
