import Core
import Dispatch
import HTTPTypes
import Mind
import Testing

@testable import API

@Suite("Taking rules back")
struct RollbackTests {
    @Test("whoever has rules checked, as many as there is room for, keeps no rollback out")
    func fullQueue() async throws {
        let fixture = try APIFixture.plant()
        let first = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        let text = PlantRules.yaml.replacing("rpm > 1500", with: "rpm > 1600")
        fixture.rules.replace([RuleFile(name: "rules.yaml", text: text)])
        let reload = await fixture.admin(.post, "/reload", body: "{}")
        #expect(reload["outcome"]?.string == "activated", "\(reload.text)")
        let queue = fixture.services.rules.queue
        let gate = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0...Limits.ruleWorkMax {
                group.addTask {
                    do throws(APIError) {
                        return try await queue.run { () throws(APIError) -> Bool in
                            gate.wait()
                            return true
                        }
                    } catch { return false }
                }
            }
            // The one too many is the first to end: the others wait at the gate.
            let refused = await group.next()
            #expect(refused == false)
            let back = await fixture.admin(
                .post, "/rules/rollback", body: #"{"digest":"\#(first)"}"#)
            #expect(back["outcome"]?.string == "activated", "\(back.text)")
            for _ in 0..<Limits.ruleWorkMax { gate.signal() }
            for await isDone in group { #expect(isDone) }
        }
        let now = await fixture.admin(.get, "/rules")
        #expect(now["ruleset"]?.string == first)
    }

    @Test("a key that is revoked while the earlier set is compiled takes nothing back")
    func revokedMeanwhile() async throws {
        let fixture = try APIFixture.plant()
        let first = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        let text = PlantRules.yaml.replacing("rpm > 1500", with: "rpm > 1600")
        fixture.rules.replace([RuleFile(name: "rules.yaml", text: text)])
        let second = await fixture.admin(.post, "/reload")["ruleset"]?.string
        let token = try await fixture.key(role: .admin)
        let id = try #require(APIKeyToken(token)?.id)
        let queue = fixture.services.rules.queue
        let gate = DispatchSemaphore(value: 0)
        let busy = Task { try await queue.run { () throws(APIError) -> Void in gate.wait() } }
        // Nobody may be left at the gate, whatever comes.
        defer { gate.signal() }
        try await Condition.becomesTrue("the queue is busy") { queue.waitingCount == 1 }
        let rollback = Task {
            await fixture.request(
                .post, "/rules/rollback", token: token, body: #"{"digest":"\#(first)"}"#)
        }
        try await Condition.becomesTrue("the rollback waits") { queue.waitingCount == 2 }
        fixture.services.keys.apply(.revoke(id: id, at: fixture.clock.now()))
        gate.signal()
        try await busy.value
        let answer = await rollback.value
        #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED", "\(answer.text)")
        let now = await fixture.admin(.get, "/rules")
        #expect(second != nil && now["ruleset"]?.string == second)
    }
}
