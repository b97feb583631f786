import Core
import Logging
import Mind
import Store
import TestSupport

@testable import Agent

/// One life of an agent between a broker, devices, a disk and a clock, all drawn from one seed.
///
/// Everything but the broker, the clocks and the disk is the real thing: loop, mind and SQLite.
final class SimWorld {
    static let root = "jamey/sim"

    let seed: UInt64
    var random: SimRandom
    let broker: SimBroker
    let clock = SimClock()
    let rules = SimRules()
    /// A token, which the broker does not look at.
    let password = SimPassword(TestToken.text(expiry: .latest))
    let disk: FaultVFS
    let files: SimFiles
    var devices: SimDevices
    var ledger: SimLedger
    let seesDuplicates: Bool
    let retention: AgentSettings.Retention

    /// The process, while one lives.
    private(set) var agent: Agent?
    private(set) var link: ScriptedLink?
    private(set) var path: String
    /// Where the files of a killed process were put aside.
    private var remains: String?
    /// The next place at which the process is killed.
    var doom: Doom?
    var starts = 0
    var isDiskBroken = false

    /// Where in a turn a process is killed.
    enum Doom: CaseIterable { case beforeCommit, afterCommit, duringCheckpoint, afterAcknowledge }

    private(set) var lines: [String] = []
    private let isTraced: Bool

    init(seed: UInt64, files: SimFiles, disk: FaultVFS, isTraced: Bool = false) throws {
        self.seed = seed
        self.files = files
        self.disk = disk
        self.isTraced = isTraced
        random = SimRandom(seed: seed)
        path = files.new()
        seesDuplicates = random.chance(70)
        let isAllRecorded = random.chance(30)
        devices = SimDevices(root: Self.root, isAllRecorded: isAllRecorded)
        let age: Duration = random.chance(20) ? .seconds(3_600) : .seconds(10 * 365 * 86_400)
        retention = AgentSettings.Retention(maxAge: age, maxBytes: 1 << 30)
        let isLate = random.chance(10)
        broker = SimBroker(
            will: Self.settings(retention, boot: 0).will, lastPacketID: isLate ? 65_530 : 0,
            clock: clock)
        broker.numbering = random.chance(50) ? .rising : .lowestFree
        broker.window = 1 + random.below(12)
        if random.chance(10) { broker.refusedPrefix = "lamp/" }
        broker.refusesSubscriptions = random.chance(3)
        ledger = SimLedger(
            root: Self.root, logID: "00c0ffee", isOnceOnly: seesDuplicates || isAllRecorded)
        try start()
    }

    deinit {
        SimFiles.remove(path)
        if let remains { SimFiles.remove(remains) }
    }

    func trace(_ line: @autoclosure () -> String) {
        if isTraced { lines.append(line()) }
    }

    // MARK: The process

    func start() throws {
        disk.heal()
        isDiskBroken = false
        doom = nil
        starts += 1
        ledger.lastBeforeStart = devices.last
        ledger.token = nil
        trace("start \(starts)")
        let shown = Array(password.text.utf8)
        let link = ScriptedLink(world: self, seesDuplicates: seesDuplicates, password: shown)
        self.link = link
        let options = StoreOptions(
            failpoint: { [unowned self] in reached($0) }, vfs: disk.name, logID: "00c0ffee")
        let store = try StoreWriter(path: path, options: options)
        var settings = Self.settings(retention, boot: starts)
        settings.credentials = BrokerCredentials(password: shown)
        let agent = try Agent(
            settings: settings, link: link, store: store,
            rules: rules, time: clock, checkpointing: InlineCheckpointing(),
            recalling: InlineRecall(store: path), passwords: password, log: Self.quiet,
            generator: SimRandom(seed: random.next()))
        agent.failpoint = { [unowned self] _ in if doom == .afterAcknowledge { die() } }
        self.agent = agent
        try check()
    }

    /// kill -9, now.
    func kill() throws {
        die()
        try bury()
    }

    private func reached(_ place: Failpoint) {
        switch (place, doom) {
        case (.beforeCommit, .beforeCommit), (.afterCommit, .afterCommit),
            (.duringCheckpoint, .duringCheckpoint):
            die()
        case (.beforeCommit, _), (.afterCommit, _), (.duringCheckpoint, _),
            (.duringMigration, _), (.duringConsolidation, _):
            break
        }
    }

    /// What is on the disk now is what the next process finds; nothing else gets out.
    private func die() {
        guard remains == nil else { return }
        trace("killed\(doom.map { " \($0)" } ?? "")")
        doom = nil
        remains = files.copy(path)
        link?.cut()
    }

    /// Goes on with what a killed process left.
    private func bury() throws {
        guard let remains else { return }
        agent = nil
        link = nil
        SimFiles.remove(path)
        path = remains
        self.remains = nil
        try start()
    }

    func turn() throws {
        guard let agent else { return }
        agent.turn()
        trace(Self.summary(agent))
        if remains != nil { return try bury() }
        try check()
    }

    private static func summary(_ agent: Agent) -> String {
        let heard = agent.burst.messages.map { message in
            let name = SimMessage.number(in: message.payload).map { "#\($0)" } ?? message.topic
            return "\(name)/\(message.packetID)\(message.isDuplicate == true ? "d" : "")"
        }
        return "  \(agent.life.status.state) seq \(agent.mind.sequence) "
            + "acked \(agent.store.acknowledgedThrough) heard \(heard) "
            + "signals \(agent.burst.signals) outbox \(agent.outbox.depth) "
            + "\(agent.storeState) \(agent.vitals.state)"
    }

    func check() throws {
        broker.publishWill()
        try ledger.checkAvailability(broker, at: clock.monotonic())
        guard let agent, !agent.isStopped else { return }
        try ledger.check(agent, broker, at: clock.now(), isDiskBroken: isDiskBroken)
    }

    /// An orderly stop, and the next start.
    func restart() throws {
        try stop()
        // Where it was killed meanwhile, the next one lives already.
        if agent == nil { try start() }
    }

    func stop() throws {
        guard let agent else { return }
        trace("stop")
        let began = clock.monotonic()
        agent.stop()
        while !agent.isStopped {
            broker.read(.max)
            agent.turn()
            if remains != nil { return try bury() }
            try check()
            clock.advance(.milliseconds(100))
            guard clock.monotonic() - began < Limits.drainTimeMax + Limits.farewellTimeMax * 2
            else { throw SimFailure("the stop takes longer than it may") }
        }
        self.agent = nil
        link = nil
    }

    private static func settings(
        _ retention: AgentSettings.Retention, boot: Int
    ) -> AgentSettings {
        var settings = AgentSettings(
            node: "sim", root: root, clientID: "sim", bootID: "boot-\(boot)", version: "0",
            statusInterval: .seconds(30), survivesPowerCut: true, retention: retention)
        settings.bounds = PathBounds(
            inFlight: 4, queued: 6, outboxRows: 24, burstWhenFull: 1, removals: 3,
            eventsPerCheckpoint: 4,
            checkpointInterval: .milliseconds(100))
        return settings
    }

    private static let quiet = Logger(label: "sim") { _ in SwiftLogNoOpLogHandler() }
}
