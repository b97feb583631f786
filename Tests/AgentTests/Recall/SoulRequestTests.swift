import Broker
import Core
import Mind
import Store
import Testing

@testable import Agent

/// Control requests about souls at an agent on a real store.
@Suite("Souls that people change")
struct SoulRequestTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func control(
        _ subject: AgentUnderTest, _ action: SoulRequest.Action, of entity: String = "press-7"
    ) throws -> Int {
        let request = ControlRequest.soul(
            SoulRequest(entity: entity, action: action, author: "ann"))
        return try ControlAnswer(json: subject.agent.control(request.json)).changed
    }

    private func souls(_ mind: Mind) -> [String: Soul] {
        var souls: [String: Soul] = [:]
        mind.forEachSoul { souls[$0] = $1 }
        return souls
    }

    private func stored() throws -> [String: Soul] {
        let all = try StoreReader(path: path).souls()
        return Dictionary(uniqueKeysWithValues: all.map { ($0.entity, $0.soul) })
    }

    @Test("a request is an event; the store has the mind's souls, and so has the next agent")
    func requests() throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        #expect(try control(subject, .record(.joy, weight: Soul.piece, note: "new")) == 1)
        #expect(try control(subject, .set(0.3), of: "lamp") == 1)
        #expect(try control(subject, .decay(halfLives: 0.5), of: "lamp") == 1)
        #expect(try control(subject, .forget, of: "nobody") == 0)
        #expect(try control(subject, .decay(halfLives: 1), of: "nobody") == 0)
        let mind = subject.agent.mind
        #expect(try souls(mind).count == 2 && stored() == souls(mind))
        let restarted = try AgentUnderTest(files.copy(path))
        #expect(restarted.agent.mind.checkpoint() == mind.checkpoint())
        #expect(try control(subject, .forget, of: "lamp") == 1)
        #expect(try stored().keys.sorted() == ["press-7"])
        #expect(try souls(subject.agent.mind) == stored())
    }

    @Test("at a start the store is brought to what the mind has made of the log")
    func aligned() throws {
        do {
            let subject = try AgentUnderTest(path)
            subject.connect()
            #expect(try control(subject, .record(.joy, weight: Soul.piece, note: "")) == 1)
        }
        let copy = files.copy(path)
        let subject = try AgentUnderTest(copy) { store in
            // As a store that has none of the souls that its log makes.
            try store.align([])
        }
        let found = try #require(try StoreReader(path: copy).soul(of: "press-7"))
        #expect(souls(subject.agent.mind) == ["press-7": found.soul])
    }
}
