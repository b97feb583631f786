import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// Rule sets that come, go and come back, with the real daemon and the real command.
@Suite("Rule sets", .enabled(if: Site.isPossible, TestBroker.missing))
struct RuleSetTests {
    private func history(_ scenario: Scenario) throws -> [JSONValue] {
        try scenario.tool("rules", "history", "--json").objects
    }

    private func inForce(_ scenario: Scenario) throws -> String? {
        let payload = try scenario.retained(scenario.site.root + "/status") ?? ""
        return try JSONScanner.scan(Array(payload.utf8))["ruleset"]?.string
    }

    @Test("a reload with its reason, a diff, and a rollback that outlasts a restart")
    func reloadAndRollback() throws {
        let scenario = try Scenario { $0.rules = Rules.pressLimited(to: 1_500) }
        var daemon = try scenario.start()
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "asker"))
        let first = try scenario.propose(client, rpm: 1_400)
        #expect(first["approved"] == .bool(true))
        let old = try #require(first["ruleset"]?.string)

        try scenario.site.writeRules(Rules.pressLimited(to: 1_000))
        let reload = try scenario.tool("rules", "reload", "-m", "the new spindle", "--json")
        #expect(reload.end == .exited(0), "\(reload.output)")
        let new = try #require(reload.objects.first?["ruleset"]?.string)
        #expect(try scenario.propose(client, rpm: 1_400)["approved"] == .bool(false))
        #expect(try inForce(scenario) == new)

        let diff = try scenario.tool("rules", "diff", String(old.dropFirst(7).prefix(8)), "active")
        #expect(diff.end == .exited(1))
        #expect(diff.lines.first == "~ rule too-fast", "\(diff.output)")
        #expect(diff.output.contains("+    when: has(payload.rpm) && payload.rpm > 1000"))

        let back = try scenario.tool(
            "rules", "rollback", String(old.dropFirst(7).prefix(8)), "--message", "it stood still")
        #expect(back.end == .exited(0) && back.output.contains("until the files of the rule"))
        #expect(try scenario.propose(client, rpm: 1_400)["approved"] == .bool(true))
        daemon.signal(SIGHUP)
        try scenario.waitForLog("stay in force until the files")
        #expect(try scenario.tool("rules", "reload").output.contains("--force"))

        #expect(try scenario.stop(daemon) == .exited(0))
        daemon = try scenario.start()
        #expect(try inForce(scenario) == old)
        #expect(try scenario.propose(client, rpm: 1_400)["ruleset"]?.string == old)

        try scenario.site.writeRules(Rules.pressLimited(to: 1_200))
        daemon.signal(SIGHUP)
        try scenario.waitForLog("new rules are in force")
        let rows = try history(scenario)
        #expect(rows.map { $0["how"]?.string } == ["start", "reload", "rollback", "reload"])
        #expect(rows.map { $0["ruleset"]?.string }.prefix(3) == [old, new, old])
        #expect(
            rows.map { $0["message"]?.string } == ["", "the new spindle", "it stood still", ""])
        #expect(rows[3]["user"]?.string == "SIGHUP" && rows[3]["uid"] == nil)
        #expect(rows[1]["uid"]?.int == Int64(getuid()) && rows[1]["user"]?.string != "")
        #expect(rows.map { $0["active"] == .bool(true) } == [false, false, false, true])
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("a reload of wrong rules tells what is wrong, and changes nothing")
    func wrong() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let before = try inForce(scenario)
        try scenario.site.writeRules("rules:\n  - name: half\n    when: 1 +\n")
        let reload = try scenario.tool("rules", "reload")
        #expect(reload.end == .exited(65))
        #expect(reload.output.contains("10.yaml:3"), "\(reload.output)")
        #expect(try inForce(scenario) == before)
        #expect(try history(scenario).count == 1)
        #expect(try scenario.stop(daemon) == .exited(0))
        #expect(try scenario.tool("rules", "reload").end == .exited(75))
    }
}
