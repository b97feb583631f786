import BrokerTestSupport
import Core
import Foundation
import Store
import TestSupport
import Testing

/// A daemon that is killed again and again while a device goes on publishing.
struct Crash {
    /// How a life of the daemon ends.
    private enum Death {
        /// At this long after its start, whatever it does then.
        case early(Duration)
        /// This long after it said `online`.
        case running(Duration)
        /// It ends itself at the nth time that it passes a place.
        case failpoint(String, Int)
        /// It ends itself while it stops in order.
        case stopping(String)
    }

    private let broker: TestBroker
    private let stage = Stage()
    private let site: Site
    private let collector: Collector
    private let stream: NumberedStream
    private var random: SeededGenerator
    private var deaths: [String: Int] = [:]
    /// From the start of the process to its retained `online`, as the observer hears it.
    private var recoveries: [Duration] = []

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        broker = try TestBroker()
        site = try Site(port: broker.port)
        collector = Collector(site, port: broker.port, stage: stage)
        stream = NumberedStream(port: broker.port, stage: stage, ratePerSecond: 1_500)
        let collector = collector
        try stage.wait("the observer listens") { collector.client.isSubscribed }
    }

    mutating func run(kills: Int) throws {
        // An interrupted first start comes before the broker keeps anything for the agent.
        try live(until: .failpoint("duringMigration", 1))
        try live(until: .failpoint("duringMigration", 2))
        // The broker keeps for the agent what comes after its first subscription.
        let first = try site.start()
        try becomeOnline(first)
        stream.isPaused = false
        stage.last(.milliseconds(200))
        first.kill()
        deaths["at random", default: 0] += 1
        for index in 3..<kills { try live(until: death(index)) }
    }

    private mutating func death(_ index: Int) -> Death {
        let burst = Int.random(in: 1...40, using: &random)
        switch index % 9 {
        case 0: return .failpoint("beforeCommit", burst)
        case 1: return .failpoint("afterCommit", burst)
        case 2: return .failpoint("afterAcknowledge", burst)
        case 3: return .failpoint("duringCheckpoint", 1)
        case 4: return .early(.milliseconds(Int.random(in: 0...200, using: &random)))
        case 5: return .stopping("duringCheckpoint")
        case _: return .running(.microseconds(Int64.random(in: 0...400_000, using: &random)))
        }
    }

    private mutating func live(until death: Death) throws {
        var environment = ["JAMEY_CHECKPOINT_EVENTS": "100"]
        switch death {
        case .failpoint(let name, let count): environment["JAMEY_FAILPOINT"] = "\(name):\(count)"
        case .stopping(let name): environment["JAMEY_FAILPOINT"] = name
        case .early, .running: break
        }
        let daemon = try site.start(environment: environment)
        switch death {
        case .early(let delay):
            stage.last(delay)
            daemon.kill()
            deaths["at the start", default: 0] += 1
        case .running(let delay):
            try becomeOnline(daemon)
            stage.last(delay)
            daemon.kill()
            deaths["at random", default: 0] += 1
        case .failpoint(let name, _):
            if name != "duringMigration" { try becomeOnline(daemon, mayEnd: true) }
            try stage.wait("the end at \(name)") { !daemon.isRunning }
            deaths[name, default: 0] += 1
        case .stopping(let name):
            try becomeOnline(daemon, mayEnd: true)
            daemon.signal(SIGTERM)
            try stage.wait("the end at \(name)") { !daemon.isRunning }
            deaths["\(name), stopping", default: 0] += 1
        }
        #expect(daemon.poll() == .signalled(SIGKILL))
    }

    /// - Parameter mayEnd: the daemon may meet its end before it is heard.
    private mutating func becomeOnline(_ daemon: ChildProcess, mayEnd: Bool = false) throws {
        let (site, collector) = (site, collector)
        var status: Collector.Status?
        try stage.wait("online") {
            guard let bootID = site.bootID else { return mayEnd && !daemon.isRunning }
            status = collector.statuses.last { $0.state == "online" && $0.bootID == bootID }
            return status != nil || mayEnd && !daemon.isRunning
        }
        guard let status else { return }
        let took = status.at - daemon.startedAt
        #expect(took < .seconds(2 * Pace.slowness), "online \(took.text) after the start")
        recoveries.append(took)
    }

    /// Lets a last daemon finish what is left, and stop.
    mutating func settle() throws {
        let daemon = try site.start()
        try becomeOnline(daemon)
        stream.isPaused = true
        let (collector, stream, site) = (collector, stream, site)
        try stage.wait("everything is confirmed", seconds: 30) { stream.isSettled }
        try stage.wait("everything is recorded", seconds: 60) {
            try site.recorded().count >= stream.confirmed.count
        }
        daemon.signal(SIGTERM)
        try stage.wait("an orderly stop") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
        try stage.wait("every decision is heard") {
            try Set(site.decisions().map(\.id)).isSubset(of: collector.decisionIDs)
        }
    }

    /// What is in the store and what was heard, against what the device knows.
    func check() throws -> String {
        var counts: [Int: Int] = [:]
        for payload in try site.recorded() {
            guard let number = NumberedStream.number(in: payload) else { continue }
            counts[number, default: 0] += 1
        }
        let lost = stream.confirmed.filter { counts[$0] == nil }
        let doubled = counts.filter { $0.value > 1 }.keys
        #expect(lost.isEmpty, "lost: \(lost.sorted().prefix(20))")
        #expect(doubled.isEmpty, "judged twice: \(doubled.sorted().prefix(20))")
        let decisions = try site.decisions()
        let unheard = decisions.map(\.id).filter { !collector.decisionIDs.contains($0) }
        #expect(unheard.isEmpty, "never heard: \(unheard.prefix(20))")
        let approved = decisions.filter { $0.kind == .verdict && $0.isPositive }
        for decision in approved {
            let number = collector.commands[decision.id].flatMap(NumberedStream.number)
            let payload = number.map { Array(NumberedStream.payload(of: $0).utf8) }
            #expect(payload != nil && payload == collector.commands[decision.id])
        }
        #expect(!decisions.isEmpty && !approved.isEmpty)
        let audit = try StoreReader(path: site.store).verifyAudit()
        #expect(audit.isWhole, "the audit chain: \(audit.findings.prefix(5))")
        #expect(audit.records >= decisions.count)
        let slowest = recoveries.max() ?? .zero
        let kills = deaths.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return """
            \(kills.joined(separator: ", ")); \(stream.confirmed.count) messages, \
            \(decisions.count) decisions; online within \(slowest.text) of every start \
            (\(recoveries.count) starts)
            """
    }
}
