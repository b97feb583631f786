import Core
import Mind
import Store
import TestSupport
import Testing

@testable import Agent

/// What others see of the agent, and what they have it write down.
@Suite("The agent as others see it")
struct AgentReadingTests {
    private let files: SimFiles
    private let path: String
    private let rules = WrittenRules(Self.text())
    private let asker = Actor(name: "uid:1000", address: "unix")

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    static func text(_ more: String = "") -> String {
        """
        routes:
          - { name: all, topic: "t/{device}", entity: "{device}", record: all }
        rules:
          - { name: hot, on: all, when: has(payload.temp) && payload.temp > 80 }
          - { name: ok, stance: support, when: 'has(payload.action) && payload.action == "go"' }
          - { name: odd, stance: oppose, on_error: ignore, when: payload.missing > 1 }
        \(more)
        """
    }

    private func subject(disk: FaultVFS? = nil) throws -> AgentUnderTest {
        let subject = try AgentUnderTest(path, disk: disk, rules: rules)
        subject.connect()
        return subject
    }

    private func hear(_ subject: AgentUnderTest, _ device: String, _ payload: String) {
        subject.clock.advance(.seconds(1))
        subject.turn(messages: [
            Message(topic: "t/\(device)", payload: Array(payload.utf8), qos: .atLeastOnce)
        ])
    }

    // MARK: Reading

    @Test("the report has the status as it was told, and whether it was ever online")
    func report() throws {
        let subject = try subject()
        var report = subject.agent.report()
        #expect(report.state == .starting && !report.hasBeenOnline && report.commitAge == nil)
        subject.turn(.subscribed(codes: []))
        hear(subject, "d1", #"{"temp":20}"#)
        subject.clock.advance(.seconds(3))
        report = subject.agent.report()
        #expect(report.state == .online && report.hasBeenOnline && report.reason == nil)
        #expect(report.commitAge == .seconds(3) && report.uptime == .seconds(4))
        #expect(report.bootID == "b" && report.node == "n" && report.root == "jamey/n")
        #expect(report.ruleset == subject.agent.mind.ruleset?.digest)
        let health = try JSONScanner.scan(
            subject.agent.health(at: subject.clock.monotonic()).payload)
        #expect(try JSONScanner.scan(report.componentsJSON) == health["components"])
        subject.agent.stop()
        #expect(subject.agent.report().state == .stopping && subject.agent.report().hasBeenOnline)
    }

    @Test("the API is a component: disabled, listening, or why it is not")
    func apiStatus() throws {
        let subject = try subject()
        func api() -> JSONValue? { subject.told("health").last?["components"]?["api"] }
        func up() -> Double? {
            subject.agent.report().metrics.first { sample in
                sample.labels.contains { $0.value == "api" }
            }?.value
        }
        #expect(api()?["status"]?.string == "disabled" && up() == nil)
        subject.agent.apiStatus = .listening(["127.0.0.1:8642"])
        #expect(api()?["status"]?.string == "ok" && up() == 1)
        #expect(api()?["listening"]?.array == [.string("127.0.0.1:8642")])
        subject.agent.apiStatus = .failed("the port is taken")
        #expect(api()?["status"]?.string == "degraded" && up() == 0)
        #expect(api()?["reason"]?.string == "the port is taken")
        let told = subject.told("health").count
        subject.agent.apiStatus = .failed("the port is taken")
        #expect(subject.told("health").count == told)
        // It answers, and something is wrong with it.
        subject.agent.apiStatus = .listening(["127.0.0.1:8642"])
        subject.agent.apiFault = "the certificate stays as it was"
        #expect(api()?["status"]?.string == "degraded" && up() == 0)
        #expect(api()?["listening"]?.array?.count == 1)
        #expect(api()?["reason"]?.string == "the certificate stays as it was")
        subject.agent.apiFault = nil
        #expect(api()?["status"]?.string == "ok" && api()?["reason"] == nil && up() == 1)
    }

    @Test("devices come in pages, with their last values, trust and alerts")
    func devices() throws {
        let subject = try subject()
        hear(subject, "d3", #"{"temp":20,"on":true}"#)
        hear(subject, "d1", #"{"temp":90.5}"#)
        hear(subject, "d2", "{")
        hear(subject, "d3", #"{"mode":"eco"}"#)
        let first = subject.agent.devices(after: nil, limit: 2)
        #expect(first.map(\.entity) == ["d1", "d2"])
        #expect(first.map(\.alertsFiring) == [1, 0] && first.map(\.trust) == [0.5, 0.5])
        let rest = subject.agent.devices(after: "d2", limit: 2)
        #expect(rest.map(\.entity) == ["d3"])
        #expect(subject.agent.devices(after: "d3", limit: 2).isEmpty)
        let device = try #require(subject.agent.device("d3"))
        let fields = JSONValue.object(device.fields)
        #expect(fields["temp"]?.int == 20 && fields["on"]?.bool == true)
        #expect(fields["mode"]?.string == "eco")
        #expect(device.lastSeen == subject.clock.now())
        #expect(device.firstSeen == subject.clock.now() + .seconds(-3))
        #expect(device.heard.map(\.route) == ["all"] && device.soul == nil)
        #expect(subject.agent.device("d9") == nil)
    }

    @Test("rules are told with what they had to say since they took effect, or the start")
    func rulesReport() throws {
        let subject = try subject()
        let started = subject.clock.now()
        hear(subject, "d1", #"{"temp":90}"#)
        hear(subject, "d1", #"{"temp":20}"#)
        hear(subject, "d2", #"{"temp":90}"#)
        let body = Array(#"{"action":"go"}"#.utf8)
        for _ in 0..<2 { _ = subject.agent.evaluate(body, by: asker, isDryRun: false) }
        _ = subject.agent.evaluate(body, by: asker, isDryRun: true)
        let report = subject.agent.rulesReport()
        #expect(report.digest == subject.agent.mind.ruleset?.digest && report.heldBy == nil)
        #expect(report.entries.map(\.rule.name) == ["hot", "ok", "odd"])
        #expect(report.entries.map(\.routes) == [["all"], ["evaluate"], ["evaluate"]])
        #expect(report.entries.map(\.raisesAlerts) == [true, false, false])
        let counts = report.entries.map(\.counts)
        #expect(counts[0].raised == 2 && counts[0].resolved == 1)
        #expect(counts[1].approved == 2 && counts[1].denied == 0 && counts[1].failed == 0)
        #expect(counts[2].failed == 2 && counts[2].approved == 0)
        #expect(report.countedSince == started && report.shadows.isEmpty)
        // A start folds the log again, and counts nothing of it.
        let again = try AgentUnderTest(files.copy(path), rules: rules, clock: subject.clock)
        let anew = again.agent.rulesReport()
        #expect(anew.entries.allSatisfy { $0.counts == RuleCounts() })
        #expect(anew.countedSince == subject.clock.now())
        subject.clock.advance(.seconds(5))
        rules.write(Self.text("  - { name: new, on: all, when: has(payload.temp), absent: 1h }\n"))
        subject.agent.reload()
        let reloaded = subject.agent.rulesReport()
        #expect(reloaded.entries.count == 4)
        #expect(reloaded.entries.allSatisfy { $0.counts == RuleCounts() })
        #expect(reloaded.countedSince == subject.clock.now())
    }

    @Test("what was counted is not lost where a commit fails and the mind is made again")
    func countsAfterFailure() throws {
        let disk = FaultVFS()
        let subject = try subject(disk: disk)
        hear(subject, "d1", #"{"temp":90}"#)
        disk.fill()
        hear(subject, "d2", #"{"temp":20}"#)
        #expect(subject.agent.counters.commitFailures == 1)
        #expect(subject.agent.rulesReport().counts.first?.raised == 1)
        #expect(subject.agent.mind.alertsFiring == 1)
    }

    // MARK: Writing

    @Test("an alert that fires is shown and acknowledged; another is not there")
    func alerts() throws {
        let subject = try subject()
        #expect(subject.agent.firingAlerts().isEmpty)
        hear(subject, "d1", #"{"temp":90}"#)
        let alerts = subject.agent.firingAlerts()
        let alert = try #require(alerts.first)
        #expect(alerts.count == 1 && alert.rule == "hot" && alert.entity == "d1")
        #expect(alert.since == subject.clock.now() && alert.route == "all")
        let reader = try StoreReader(path: path)
        #expect(try reader.decisions().first?.decision.id == alert.decisionID)
        let written = try subject.agent.acknowledge(
            rule: "hot", entity: "d1", note: "seen", by: asker
        ).get()
        let stored = try reader.acknowledgements(of: [alert.decisionID])
        #expect(stored == [alert.decisionID: written] && written.note == "seen")
        for (rule, entity) in [("hot", "d2"), ("cold", "d1")] {
            let error = #expect(throws: RequestError.self) {
                try subject.agent.acknowledge(rule: rule, entity: entity, note: "", by: asker).get()
            }
            #expect(error?.code == "NOT_FOUND")
        }
        #expect(try reader.verifyAudit().isWhole)
    }

    @Test("keys and access are written with their links, or not at all")
    func access() throws {
        let disk = FaultVFS()
        let subject = try subject(disk: disk)
        let at = subject.clock.now()
        let key = StoredKey(
            id: "00c0ffee0001", name: "panel", role: .viewer,
            hash: [UInt8](repeating: 7, count: 32), createdAt: at, createdBy: asker.name)
        let entry = AccessRecord(at: at, actor: asker, kind: .changed, what: "POST /keys")
        disk.fill()
        #expect(subject.agent.record([entry])?.code == "NOT_STORED")
        #expect(throws: RequestError.self) {
            try subject.agent.change(.create(key), by: asker).get()
        }
        disk.heal()
        #expect(try subject.agent.change(.create(key), by: asker).get() == .done)
        #expect(subject.agent.record([entry]) == nil)
        let reader = try StoreReader(path: path)
        #expect(try reader.apiKeys() == [key])
        #expect(try reader.verifyAudit().isWhole)
        #expect(
            try subject.agent.change(.revoke(id: "00c0ffee0002", at: at), by: asker).get()
                == .noSuchKey)
    }

    @Test("nothing is written while the store fails")
    func failing() throws {
        let disk = FaultVFS()
        let subject = try subject(disk: disk)
        hear(subject, "d1", #"{"temp":90}"#)
        disk.fill()
        hear(subject, "d1", #"{"temp":20}"#)
        let entry = AccessRecord(
            at: subject.clock.now(), actor: asker, kind: .authenticated, what: "")
        #expect(subject.agent.record([entry])?.code == "UNAVAILABLE")
        let error = #expect(throws: RequestError.self) {
            try subject.agent.acknowledge(rule: "hot", entity: "d1", note: "", by: asker).get()
        }
        #expect(error?.code == "UNAVAILABLE")
    }
}
