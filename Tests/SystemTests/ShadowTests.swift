import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// Rules in shadow of a real daemon, heard by a client of a real broker.
@Suite("Shadow", .enabled(if: Site.isPossible, TestBroker.missing))
struct ShadowTests {
    /// A client that proposes speeds and hears on what the shadow differs.
    private final class Asker {
        let scenario: Scenario
        let client: Client
        private(set) var heard: [JSONValue] = []

        init(_ scenario: Scenario) throws {
            self.scenario = scenario
            let topic = scenario.site.root + "/conscience/shadow"
            client = scenario.stage.add(
                Client(port: scenario.broker.port, id: "asker", filters: [topic]))
            client.heard = { [unowned self] message in
                if let body = try? JSONScanner.scan(message.payload) { heard.append(body) }
            }
            try scenario.stage.wait("subscribed") { self.client.isSubscribed }
        }

        /// - Returns: the decision.
        func propose(_ rpm: Int) throws -> JSONValue {
            try scenario.propose(client, rpm: rpm)
        }
    }

    private func scenario() throws -> Scenario {
        try Scenario {
            $0.rules = Rules.pressLimited(to: 1_500)
            $0.shadowRules = Rules.pressLimited(to: 2_000)
        }
    }

    @Test("differences are heard, counted and reported, whatever becomes of the directory's files")
    func differences() throws {
        let scenario = try scenario()
        let daemon = try scenario.start()
        let asker = try Asker(scenario)
        #expect(try asker.propose(1_000)["approved"]?.bool == true)
        #expect(try asker.propose(1_800)["approved"]?.bool == false)
        try scenario.stage.wait("the difference") { !asker.heard.isEmpty }
        #expect(asker.heard.count == 1 && asker.heard[0]["kind"]?.string == "deny_to_allow")
        #expect(asker.heard[0]["rules"]?.array?.map(\.string) == ["too-fast"])
        try scenario.stage.wait("metrics") {
            scenario.collector.metric("shadow_deny_to_allow_total") == 1
        }
        #expect(scenario.collector.metric("shadow_sets") == 1)
        let sets = scenario.collector.health?["components"]?["mind"]?["shadow"]?["sets"]?.array
        #expect(sets?.first?["ruleset"] == asker.heard[0]["shadow"]?["ruleset"])

        // What is wrong there keeps nothing from being loaded, and what ran goes on.
        try scenario.site.write("rules: [", to: scenario.site.shadowDirectory + "/10.yaml")
        try scenario.site.writeRules(Rules.pressLimited(to: 1_400))
        let reload = try scenario.tool("rules", "reload")
        #expect(reload.end == .exited(0) && reload.output.contains("are in force"))
        try scenario.stage.wait("the error") {
            scenario.collector.errors.contains("SHADOW_REFUSED")
        }
        #expect(try asker.propose(1_450)["approved"]?.bool == false)
        let report = try scenario.tool("shadow", "report", "--json")
        #expect(report.end == .exited(0))
        #expect(report.objects.first?["kinds"]?["deny_to_allow"]?.int == 2, "\(report.output)")
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("what ran in shadow is promoted, and stays in force over kill -9")
    func promote() throws {
        let scenario = try scenario()
        let daemon = try scenario.start()
        let asker = try Asker(scenario)
        #expect(try asker.propose(1_800)["approved"]?.bool == false)
        try scenario.stage.wait("the difference") { !asker.heard.isEmpty }
        let shadow = try #require(asker.heard[0]["shadow"]?["ruleset"]?.string)
        let promoted = try scenario.tool("rules", "promote", "-m", "it stood still too often")
        #expect(promoted.end == .exited(0), "\(promoted.output)")
        #expect(promoted.lines.first == shadow && promoted.output.contains("Move the files"))
        #expect(try asker.propose(1_800)["approved"]?.bool == true)
        #expect(try scenario.tool("rules", "promote").end == .exited(65))
        daemon.kill()
        let again = try scenario.start()
        #expect(try asker.propose(1_801)["ruleset"]?.string == shadow)
        let rows = try scenario.tool("rules", "history", "--json").objects
        #expect(rows.map { $0["how"]?.string } == ["start", "promote"])
        #expect(rows.last?["message"]?.string == "it stood still too often")
        #expect(try scenario.stop(again) == .exited(0))
    }

    @Test("a check of the configuration tells what is wrong in shadow; a start does not mind")
    func check() throws {
        let scenario = try Scenario { $0.shadowRules = "rules: [" }
        let check = try scenario.site.start(["--check"])
        try scenario.stage.wait("checked") { !check.isRunning }
        #expect(check.poll() == .exited(78))
        let daemon = try scenario.start()
        #expect(scenario.logCount("the rules in shadow are as before") == 1)
        #expect(try scenario.stop(daemon) == .exited(0))
    }
}
