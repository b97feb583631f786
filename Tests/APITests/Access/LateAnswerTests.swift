import Core
import Dispatch
import HTTPTypes
import Store
import Synchronization
import Testing

@testable import API

@Suite("An answer that is there after what was shown for it is over")
struct LateAnswerTests {
    /// Where all that reads the store waits.
    private final class Gate: Sendable {
        let arrived = Atomic(0)
        private let semaphore = DispatchSemaphore(value: 0)

        func wait() {
            arrived.wrappingAdd(1, ordering: .relaxed)
            semaphore.wait()
        }

        func open() { for _ in 0..<Limits.storeReadsAtOnce { semaphore.signal() } }
    }

    /// Asks by a key for what is in the store, which nobody reads until `meanwhile` is done.
    private func ask(
        _ path: String, _ meanwhile: (APIFixture, String) -> Void
    ) async throws -> Answer {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .viewer)
        let id = try #require(APIKeyToken(token)?.id)
        let (gate, store) = (Gate(), fixture.services.store)
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            // However this ends, nobody is left there.
            defer { gate.open() }
            for _ in 0..<Limits.storeReadsAtOnce {
                group.addTask {
                    try await store.read { (_) throws(ReadError) -> Void in gate.wait() }
                    return nil
                }
            }
            try await Condition.becomesTrue("nothing else is read") {
                gate.arrived.load(ordering: .relaxed) == Limits.storeReadsAtOnce
            }
            group.addTask { await fixture.request(.get, path, token: token) }
            try await Condition.becomesTrue("the head is judged") {
                fixture.services.keys.key(id)?.lastUsedAt != nil
            }
            meanwhile(fixture, id)
            gate.open()
            var found: Answer?
            for try await answer in group { found = answer ?? found }
            return try #require(found)
        }
    }

    @Test(
        "a key that is revoked while its answer is made is told nothing",
        arguments: ["/log", "/decisions", "/memory/stats", "/episodes"])
    func revoked(_ path: String) async throws {
        let answer = try await ask(path) { fixture, id in
            fixture.services.keys.apply(.revoke(id: id, at: fixture.clock.now()))
        }
        #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED", "\(answer.text)")
    }

    @Test("while it is good it is told all")
    func good() async throws {
        let answer = try await ask("/log") { _, _ in }
        #expect(answer.status == 200 && answer["events"] != nil, "\(answer.text)")
    }
}
