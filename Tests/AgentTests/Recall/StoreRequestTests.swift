import Broker
import Core
import Store
import TestSupport
import Testing

@testable import Agent

/// `memory/store` and control requests at an agent on a real store.
@Suite("Memories that people tell")
struct StoreRequestTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func request(
        _ number: Int, layer: String = "semantic", packetID: UInt16? = nil, more: String = ""
    ) -> Message {
        Message(
            topic: "jamey/n/memory/store",
            payload: Array("{\"layer\":\"\(layer)\",\"content\":\"note \(number)\"\(more)}".utf8),
            qos: .atLeastOnce, packetID: packetID ?? UInt16(number))
    }

    private func connected(disk: FaultVFS? = nil) throws -> AgentUnderTest {
        let subject = try AgentUnderTest(path, disk: disk)
        subject.connect()
        return subject
    }

    @Test("each asker is answered with the number that the store has given, after the commit")
    func answered() throws {
        let subject = try connected()
        subject.turn(messages: [
            request(1, more: #","reply_to":"a/1","correlation_id":"c1","tags":["t"]"#),
            request(2, layer: "episodic", more: #","reply_to":"a/2","entity":"press-7""#),
        ])
        subject.turn(messages: [request(3, more: #","reply_to":"a/3""#)])
        let reader = try StoreReader(path: path)
        for number in 1...3 {
            let answer = try #require(
                subject.link.published.first { $0.topic == "a/\(number)" }, "\(number)")
            #expect(answer.qos == .atLeastOnce && !answer.retain)
            let body = try JSONScanner.scan(answer.payload)
            let id = try #require(body["id"]?.int)
            #expect(try reader.memory(id)?.memory.content == "note \(number)")
            #expect(body["content"]?.string == "note \(number)")
            #expect(body["created_at"]?.string != nil && body["layer"]?.string != nil)
            #expect(body["tags"]?.array != nil && body["entity"]?.string != nil)
        }
        let first = try JSONScanner.scan(
            try #require(subject.link.published.first { $0.topic == "a/1" }).payload)
        #expect(first["correlation_id"]?.string == "c1")
        #expect(subject.agent.counters.memoriesStored == 3)
    }

    @Test("layers that ask for it are told on memory/updates, once, without any promise")
    func updates() throws {
        let subject = try connected()
        subject.turn(messages: [
            request(1, more: #","reply_to":"a/1""#),
            request(2, layer: "episodic", more: #","reply_to":"a/2""#), request(3),
        ])
        let told = subject.link.published.filter { $0.topic == "jamey/n/memory/updates" }
        let contents = told.compactMap { (try? JSONScanner.scan($0.payload))?["content"]?.string }
        // The third is the answer to a request that named no topic.
        #expect(contents.sorted() == ["note 1", "note 3"])
        #expect(told.allSatisfy { !$0.retain })
        #expect(told.map(\.qos).sorted() == [.atMostOnce, .atLeastOnce])
    }

    @Test("a burst of memories tells a bounded number of them")
    func manyUpdates() throws {
        let subject = try connected()
        subject.turn(
            messages: (1...Limits.updatesPerBurst + 9).map {
                request($0, more: #","reply_to":"a""#)
            })
        #expect(subject.told("memory/updates").count == Limits.updatesPerBurst)
        subject.turn(messages: [request(200, more: #","reply_to":"a""#)])
        #expect(subject.told("memory/updates").count == Limits.updatesPerBurst + 1)
    }

    @Test("a repetition after a reconnect, or a restart, is not stored again")
    func redelivered() throws {
        do {
            let subject = try connected()
            subject.turn(messages: [request(1), request(2)])
            subject.turn(.lost(reason: "gone"))
            subject.connect(isSessionPresent: true)
            subject.turn(messages: [request(1), request(2)])
            #expect(try StoreReader(path: path).memoryCounts().total == 2)
            #expect(subject.agent.counters.redeliveriesSkipped == 2)
        }
        let again = try AgentUnderTest(path)
        again.connect(isSessionPresent: true)
        again.turn(messages: [request(1), request(2), request(3)])
        #expect(try StoreReader(path: path).memoryCounts().total == 3)
        #expect(again.agent.counters.redeliveriesSkipped == 2)
    }

    @Test("a full disk answers nobody and tells of nothing; the number is given again")
    func fullDisk() throws {
        let disk = FaultVFS()
        let subject = try connected(disk: disk)
        disk.fill()
        subject.turn(messages: [request(1, more: #","reply_to":"a/1""#)])
        #expect(!subject.link.published.contains { $0.topic == "a/1" })
        #expect(subject.told("memory/updates").isEmpty)
        #expect(subject.agent.updates.isEmpty)
        disk.heal()
        subject.clock.advance(Limits.commitRetryDelay)
        subject.turn()
        #expect(subject.agent.storeState == .working)
        for _ in 0..<100 where subject.agent.life.status.state == .waiting {
            subject.clock.advance(.milliseconds(100))
            subject.turn()
        }
        subject.connect(isSessionPresent: true)
        #expect(subject.agent.life.status.state == .up)
        subject.turn(messages: [request(1, more: #","reply_to":"a/1""#)])
        let answer = try #require(subject.link.published.first { $0.topic == "a/1" })
        #expect(try JSONScanner.scan(answer.payload)["id"]?.int == 1)
    }

    // MARK: Control requests

    private func control(_ subject: AgentUnderTest, _ request: ControlRequest) throws
        -> ControlAnswer
    {
        try ControlAnswer(json: subject.agent.control(request.json))
    }

    @Test("a control request is an event, done before it is answered, and replayed as it was")
    func controls() throws {
        let subject = try connected()
        let draft = MemoryDraft(layer: .semantic, content: "the seal leaks", author: "ann")
        let stored = try control(subject, .store(draft))
        #expect(stored == ControlAnswer(changed: 1, memory: 1))
        let reader = try StoreReader(path: path)
        #expect(try reader.memory(1)?.memory.content == "the seal leaks")
        #expect(subject.told("memory/updates").count == 1)
        #expect(try control(subject, .change(.pin(1, true), author: "ann")).changed == 1)
        #expect(try reader.memory(1)?.isPinned == true)
        #expect(try control(subject, .change(.pin(1, false), author: "ann")).changed == 1)
        #expect(try reader.memory(1)?.isPinned == false)
        #expect(try control(subject, .change(.pin(9, true), author: "ann")).changed == 0)
        #expect(try control(subject, .change(.forget(1), author: "ann")).changed == 1)
        #expect(try reader.memory(1) == nil)
        var kinds: [String] = []
        try reader.forEachEvent { event in
            if case .control = event.body { kinds.append("control") }
            return true
        }
        #expect(kinds.count == 5)
        #expect(subject.agent.counters.controlRequests == 5)
        let mind = subject.agent.mind
        let restarted = try AgentUnderTest(files.copy(path))
        #expect(restarted.agent.mind.checkpoint() == mind.checkpoint())
    }

    @Test("what is no request changes nothing and says why")
    func wrong() throws {
        let subject = try connected()
        let sequence = subject.agent.mind.sequence
        for (text, code) in [
            ("", "MALFORMED_JSON"), ("{}", "BAD_REQUEST"),
            (#"{"request":"memory.pin","id":0}"#, "BAD_ID"),
        ] {
            let error = #expect(throws: RequestError.self) {
                try ControlAnswer(json: subject.agent.control(Array(text.utf8)))
            }
            #expect(error?.code == code)
        }
        #expect(subject.agent.mind.sequence == sequence)
    }

    @Test("a full disk changes nothing, and says so; later it goes on")
    func controlOnFullDisk() throws {
        let disk = FaultVFS()
        let subject = try connected(disk: disk)
        let draft = MemoryDraft(layer: .semantic, content: "x")
        disk.fill()
        let error = #expect(throws: RequestError.self) { try control(subject, .store(draft)) }
        #expect(error?.code == "NOT_STORED")
        #expect(subject.told("memory/updates").isEmpty && subject.agent.updates.isEmpty)
        disk.heal()
        #expect(try control(subject, .store(draft)).memory == 1)
        subject.turn(messages: [request(2)])
        #expect(try StoreReader(path: path).memoryCounts().total == 2)
    }

    @Test("nothing is taken while the agent stops")
    func stopping() throws {
        let subject = try connected()
        subject.agent.stop()
        let error = #expect(throws: RequestError.self) {
            try control(subject, .change(.pin(1, true), author: ""))
        }
        #expect(error?.code == "UNAVAILABLE")
    }
}
