import Broker
import Core
import Mind
import Proof
import Store
import Synchronization
import TestSupport
import Testing

@testable import Agent

/// The agent on a real store: what a request to forget does between its turns.
@Suite("Forgetting an entity in the agent")
struct ForgettingTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func reading(
        _ packetID: UInt16, _ temp: Int, of device: String = "d1", on route: String = "all",
        isDuplicate: Bool? = nil
    ) -> Message {
        Message(
            topic: "t/\(route)/\(device)", payload: Array("{\"temp\":\(temp),\"n\":1}".utf8),
            qos: .atLeastOnce, packetID: packetID, isDuplicate: isDuplicate)
    }

    private func ask(_ subject: AgentUnderTest, _ request: ControlRequest) throws -> ControlAnswer {
        try ControlAnswer(json: subject.agent.control(request.json))
    }

    /// Turns until nothing is to be forgotten, confirming what was published.
    private func finish(_ subject: AgentUnderTest) throws {
        var confirmed = 0
        for _ in 0..<500 where subject.agent.forgetting != nil {
            let count = subject.link.published.count
            while confirmed < count {
                confirmed += 1
                subject.link.signals.append(
                    .confirmed(packetID: UInt16(confirmed), reason: 0))
            }
            subject.clock.advance(.milliseconds(100))
            subject.turn()
        }
        #expect(subject.agent.forgetting == nil)
    }

    private func recorded() throws -> [String] {
        var topics: [String] = []
        try StoreReader(path: path).forEachEvent { event in
            if case .message(let message) = event.body { topics.append(message.topic) }
            return true
        }
        return topics
    }

    @Test("the mind forgets at once, the store in the turns that follow, others stay")
    func begins() throws {
        let checkpoint = try forgetOne()
        #expect(try AgentUnderTest(path).agent.mind.checkpoint() == checkpoint)
    }

    /// - Returns: the mind afterwards.
    private func forgetOne() throws -> [UInt8] {
        let subject = try AgentUnderTest(path)
        subject.connect()
        subject.turn(messages: [reading(1, 95), reading(2, 20, of: "d2"), reading(3, 96)])
        #expect(subject.agent.mind.entityCount == 2 && subject.agent.mind.alertsFiring > 0)
        let answer = try ask(subject, .forgetEntity("d1", author: "d1"))
        #expect(answer.forgetting == subject.agent.mind.sequence && answer.changed == 0)
        #expect(subject.agent.mind.entityCount == 1 && subject.agent.mind.alertsFiring == 0)
        let counters = subject.agent.counters
        #expect(counters.alertsRaised > 0 && counters.alertsResolved == counters.alertsRaised)
        try finish(subject)
        #expect(try recorded() == ["t/all/d2"])
        let cleared = subject.link.published.last { $0.topic == "jamey/n/alerts/hot/d1" }
        #expect(cleared?.retain == true && cleared?.payload == [])
        #expect(try StoreReader(path: path).decisions().isEmpty)
        let event = try #require(answer.forgetting)
        #expect(try StoreReader(path: path).forgetting(of: event)?.isDone == true)
        return subject.agent.mind.checkpoint()
    }

    @Test(
        "who speaks while it waits to be forgotten is heard, and the log can be read",
        arguments: [false, true])
    func spokenMeanwhile(isRestarted: Bool) throws {
        func begun() throws -> AgentUnderTest {
            let subject = try AgentUnderTest(path)
            subject.connect()
            subject.turn(messages: [reading(1, 20), reading(2, 20, of: "d2")])
            for name in ["d1", "d2", "d2"] { _ = try ask(subject, .forgetEntity(name, author: "")) }
            return subject
        }
        func speak(_ subject: AgentUnderTest) throws {
            #expect(try subject.agent.store.pendingForgettings().count == 3)
            // On topics that were there before, and are none of the first one's.
            subject.turn(messages: [reading(3, 30, of: "d2"), reading(4, 30)])
            try finish(subject)
            #expect(try subject.agent.store.pendingForgettings().isEmpty)
        }
        func restarted() throws -> AgentUnderTest {
            let subject = try AgentUnderTest(path)
            subject.connect()
            return subject
        }
        if isRestarted {
            _ = try begun()
            try speak(try restarted())
        } else {
            try speak(try begun())
        }
        #expect(try recorded() == ["t/all/d2", "t/all/d1"])
        #expect(try restarted().agent.mind.entityCount == 2)
    }

    @Test("the log keeps a digest, and who asks, unless that is who is forgotten")
    func event() throws {
        let subject = try AgentUnderTest(path)
        _ = try ask(subject, .forgetEntity("d1", author: "ann"))
        _ = try ask(subject, .forgetEntity("d2", author: "d2"))
        var requests: [ControlRequest] = []
        try StoreReader(path: path).forEachEvent { event in
            if case .control(let request) = event.body { requests.append(request) }
            return true
        }
        let settings = subject.agent.mind.settings
        #expect(
            requests == [
                .forgotten(digest: settings.forgottenDigest(of: "d1"), author: "ann"),
                .forgotten(digest: settings.forgottenDigest(of: "d2"), author: ""),
            ])
        #expect(throws: RequestError.self) {
            try ask(
                subject,
                .forgotten(digest: settings.forgottenDigest(of: "d1"), author: ""))
        }
        subject.connect()
        try finish(subject)
    }

    @Test("an erased message that the broker repeats is no new acquaintance")
    func redelivery() throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        subject.turn(messages: [reading(1, 40), reading(2, 20, of: "d2"), reading(3, 41)])
        _ = try ask(subject, .forgetEntity("d1", author: ""))
        for _ in 0..<100 where subject.agent.store.currentForgetting?.phase != .outbox {
            subject.clock.advance(.milliseconds(300))
            subject.turn()
            if subject.agent.forgetting == nil { break }
        }
        #expect(try recorded() == ["t/all/d2"])
        subject.turn(.lost(reason: "gone"))
        subject.clock.advance(.seconds(70))
        subject.turn()
        subject.turn(
            .connected(isSessionPresent: true),
            messages: [
                reading(1, 40, isDuplicate: true), reading(2, 20, of: "d2", isDuplicate: true),
                reading(3, 41, isDuplicate: true), reading(4, 42, isDuplicate: false),
            ])
        #expect(try recorded() == ["t/all/d2", "t/all/d1"])
        #expect(subject.agent.counters.redeliveriesSkipped == 3)
    }

    @Test(
        "whatever a route records, what comes after a forgetting is heard as if for the first time",
        arguments: ["all", "changed", "every", "none"])
    func recordPolicies(_ route: String) throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        let same = reading(0, 30, on: route)
        subject.turn(messages: [same, same, reading(0, 30, of: "d2", on: route)])
        let before = try recorded()
        #expect(
            before.filter { $0.hasSuffix("d1") }.count
                == ["all": 2, "changed": 1, "every": 1, "none": 0][route])
        _ = try ask(subject, .forgetEntity("d1", author: ""))
        try finish(subject)
        #expect(try recorded() == before.filter { $0.hasSuffix("d2") })
        subject.turn(messages: [same, reading(0, 30, of: "d2", on: route)])
        let after = try recorded().dropFirst(before.filter { $0.hasSuffix("d2") }.count)
        // To what is remembered of the other the policy applies as ever.
        #expect(after.contains { $0.hasSuffix("d1") } == (route != "none"))
        #expect(after.contains { $0.hasSuffix("d2") } == (route == "all"))
    }

    @Test("an agent that starts while something is to be forgotten does that first")
    func resumed() throws {
        let answer: ControlAnswer
        do {
            let subject = try AgentUnderTest(path)
            subject.connect()
            subject.turn(messages: [reading(1, 40), reading(2, 20, of: "d2")])
            answer = try ask(subject, .forgetEntity("d1", author: ""))
        }
        let again = try AgentUnderTest(path)
        #expect(again.agent.forgetting?.sequence == answer.forgetting)
        #expect(again.agent.mind.entityCount == 1)
        again.connect()
        again.turn(messages: [reading(9, 43)])
        try finish(again)
        #expect(try recorded() == ["t/all/d2", "t/all/d1"])
        #expect(again.agent.mind.entityCount == 2)
    }

    @Test("while so many are not done a further one is refused, and nothing of it is begun")
    func pending() throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        for number in 0..<Limits.forgettingsPendingMax {
            _ = try ask(subject, .forgetEntity("Qx7zv-\(number)", author: ""))
        }
        let last = subject.agent.mind.sequence
        let refused = try #require(throws: RequestError.self) {
            try ask(subject, .forgetEntity("Qx7zv-more", author: ""))
        }
        #expect(refused.code == "TOO_MANY_FORGETTINGS" && subject.agent.mind.sequence == last)
        var turns = 0
        while try subject.agent.store.forgettingsPending() == Limits.forgettingsPendingMax {
            turns += 1
            try #require(turns < 500)
            subject.clock.advance(.milliseconds(100))
            subject.turn()
        }
        #expect(try ask(subject, .forgetEntity("Qx7zv-more", author: "")).forgetting != nil)
    }

    /// Rules of one route, which can be on another topic.
    private final class MovedRules: RuleSource {
        private let place = Mutex("hall")

        func move(to next: String) { place.withLock { $0 = next } }

        func read() throws(RuleSetErrors) -> [RuleFile] {
            let topic = place.withLock { $0 } + "/{device}"
            return [
                RuleFile(name: "a.yaml", text: "routes: [{ name: a, topic: '\(topic)' }]\n")
            ]
        }
    }

    @Test("rule sets that whoever asks has read are not read again, nor for the next of them")
    func knownRulesets() throws {
        let rules = MovedRules()
        let subject = try AgentUnderTest(path, rules: rules)
        subject.connect()
        let devices = ["d1", "d2", "d3"]
        subject.turn(
            messages: devices.enumerated().map { number, device in
                Message(
                    topic: "hall/" + device, payload: Array("{}".utf8), qos: .atLeastOnce,
                    packetID: UInt16(number + 1))
            })
        rules.move(to: "plant")
        subject.agent.reload()
        let known = KnownRoutes()
        _ = try known.all(in: StoreReader(path: path))
        // Whoever reads them from now on finds nobody in the hall.
        try SQL.run("UPDATE ruleset_file SET text = 'routes: ['", path)
        let request = ControlRequest.forgetEntity("d1", author: "")
        _ = try ControlAnswer(json: subject.agent.control(request.json, knowing: known))
        _ = try ask(subject, .forgetEntity("d2", author: ""))
        try finish(subject)
        #expect(try recorded() == ["hall/d3"])
    }

    @Test("what cannot be stored is not forgotten")
    func failing() throws {
        let disk = FaultVFS()
        let subject = try AgentUnderTest(path, disk: disk)
        subject.connect()
        subject.turn(messages: [reading(1, 40)])
        disk.fill()
        #expect(throws: RequestError.self) { try ask(subject, .forgetEntity("d1", author: "")) }
        #expect(subject.agent.mind.entityCount == 1 && subject.agent.forgetting == nil)
        disk.heal()
        #expect(try ask(subject, .forgetEntity("d1", author: "")).forgetting != nil)
        try finish(subject)
        #expect(try recorded().isEmpty)
    }
}
