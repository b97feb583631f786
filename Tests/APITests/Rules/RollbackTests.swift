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
}
