import BrokerTestSupport
import Core
import Glibc

/// A broker, an agent on it, and an observer that listens.
struct Scenario {
    let broker: TestBroker
    let stage = Stage()
    let site: Site
    let collector: Collector

    /// - Parameter change: what is special about the agent.
    init(
        _ broker: TestBroker.Settings = .init(), _ change: (inout Site.Settings) -> Void = { _ in }
    ) throws {
        self.broker = try TestBroker(broker)
        site = try Site(port: self.broker.port, change)
        collector = Collector(site, port: self.broker.port, stage: stage)
        try stage.wait("the observer listens") { collector.client.isSubscribed }
    }

    /// Starts the daemon and waits until it has said that it is online.
    func start(
        wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let daemon = try site.start(wrapper: wrapper, environment: environment)
        try waitOnline(daemon)
        return daemon
    }

    func waitOnline(_ daemon: ChildProcess) throws {
        try stage.wait("online; the log: \(site.log)") {
            guard daemon.isRunning else { throw TestFailure("it ended: \(site.log)") }
            return site.bootID.map { id in
                collector.statuses.last { $0.bootID == id }?.state == "online"
            } ?? false
        }
    }

    /// - Returns: its exit code.
    func stop(_ daemon: ChildProcess) throws -> ChildProcess.End? {
        daemon.signal(SIGTERM)
        try stage.wait("an orderly stop; the log: \(site.log)") { !daemon.isRunning }
        return daemon.poll()
    }

    /// Waits until the daemon has logged a text so many times.
    @discardableResult
    func waitForLog(_ text: String, count: Int = 1, seconds: Double = 20) throws -> Duration {
        try stage.wait("'\(text)' in the log: \(site.log)", seconds: seconds) {
            logCount(text) >= count
        }
    }

    func logCount(_ text: String) -> Int { site.log.ranges(of: text).count }

    /// Proposes to start a press at a speed, and waits until that is decided.
    /// - Returns: the decision.
    @discardableResult
    func propose(_ client: Client, rpm: Int) throws -> JSONValue {
        let count = try site.decisions().count
        client.publish("cmd/press-1/start/proposed", #"{"action":"start","rpm":\#(rpm)}"#)
        var decisions: [Decision] = []
        try stage.wait("a decision on \(rpm); the log: \(site.log)") {
            decisions = try site.decisions()
            return decisions.count > count
        }
        return try JSONScanner.scan(decisions[decisions.count - 1].json)
    }

    func stream(_ ratePerSecond: Double = 1_000) -> NumberedStream {
        NumberedStream(port: broker.port, stage: stage, ratePerSecond: ratePerSecond)
    }

    /// The numbers of a stream that the store holds, with how often it holds them.
    func recordedNumbers() throws -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for payload in try site.recorded() {
            if let number = NumberedStream.number(in: payload) { counts[number, default: 0] += 1 }
        }
        return counts
    }

    /// Ends a stream, and waits until all of it that the broker has confirmed is recorded.
    func settle(_ stream: NumberedStream) throws {
        stream.isPaused = true
        try stage.wait("all confirmed", seconds: 30) { stream.isSettled }
        try stage.wait("all recorded; the log: \(site.log)", seconds: 60) {
            stream.confirmed.isSubset(of: try recordedNumbers().keys)
        }
    }

    /// Waits until the observer has heard every decision that is in the store by now.
    func waitForDecisions() throws {
        let ids = try Set(site.decisions().map(\.id))
        try stage.wait("every decision is heard") { ids.isSubset(of: collector.decisionIDs) }
    }

    /// What the broker keeps on a topic.
    func retained(_ topic: String) throws -> String? {
        var payload: String?
        let name = "reader-\(UInt32.random(in: .min ... .max))"
        let reader = stage.add(Client(port: broker.port, id: name, filters: [topic]))
        reader.heard = { message in
            if message.retain { payload = String(decoding: message.payload, as: UTF8.self) }
        }
        // The retained message comes before the answer to what is published after subscribing.
        var isOver = false
        reader.confirmed = { _ in isOver = true }
        try stage.wait("subscribed") { reader.isSubscribed }
        reader.publish("marks/\(name)", "1")
        try stage.wait("\(topic) is read") { isOver }
        reader.leave()
        return payload
    }
}
