import Broker
import Core
import Foundation
import TestSupport
import Testing

@testable import Agent

@Suite("A login in the agent's place")
struct LoginTrialTests {
    /// At a port where nobody listens.
    private func report(
        password: String? = nil, rules: String = "/none/such"
    ) -> LoginReport {
        var configuration = AgentConfiguration(node: "edge-1")
        configuration.rules.directory = rules
        let options = LinkOptions(
            host: "127.0.0.1", port: 1, clientID: configuration.broker.clientID,
            username: "jamey", password: password.map { Array($0.utf8) })
        return LoginTrial(configuration, link: options).run()
    }

    @Test("a broker that is not there has not answered, and why is told")
    func unreachable() {
        let report = report(password: "hunter2")
        #expect(report.clientID == "jamey-edge-1-doctor")
        guard case .failed(let reason) = report.outcome else {
            Issue.record("\(report)")
            return
        }
        #expect(reason.contains("refused"), "\(reason)")
        #expect(!"\(report)".contains("hunter2"))
    }

    @Test("a token that the agent would not show is not shown")
    func withheld() {
        let token = [#"{"alg":"HS256"}"#, #"{"exp":1}"#, "signed"]
            .map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        guard case .withheld(let reason) = report(password: token).outcome else {
            Issue.record("it was shown")
            return
        }
        #expect(reason == "the token expired at 1970-01-01T00:00:01.000Z")
    }

    @Test("rules that are wrong are told, and keep nobody from logging in")
    func wrongRules() throws {
        let directory = try TestDirectory()
        #expect(!report(rules: directory.path).lacksRules)
        try "rulez: []\n".write(
            toFile: directory.path + "/a.yaml", atomically: true, encoding: .utf8)
        #expect(report(rules: directory.path).lacksRules)
    }

    @Test("what a rollback holds in force is asked for, until the files of the directory change")
    func held() throws {
        let directory = try TestDirectory()
        var configuration = AgentConfiguration(node: "edge-1")
        configuration.rules.directory = directory.path + "/rules.d"
        configuration.store.path = directory.path + "/jamey.db"
        let rules = configuration.rules.directory
        try FileManager.default.createDirectory(
            atPath: rules, withIntermediateDirectories: true)
        func save(_ topic: String) throws {
            let text = """
                routes:
                  - { name: all, topic: "\(topic)/{device}", entity: "{device}" }
                rules:
                  - { name: hot, on: all, when: payload.temp > 1 }

                """
            try text.write(toFile: rules + "/a.yaml", atomically: true, encoding: .utf8)
        }
        func isWanted(_ filter: String) -> Bool {
            let options = LinkOptions(host: "127.0.0.1", clientID: "a")
            return LoginTrial(configuration, link: options).wanted.has(filter)
        }
        try save("first")
        #expect(isWanted("first/+"))
        let test = try AgentUnderTest(
            configuration.store.path, rules: DirectoryRules(path: rules))
        test.connect()
        let first = test.agent.rulesetDigest
        try save("second")
        test.agent.reload()
        #expect(isWanted("second/+") && !isWanted("first/+"))
        let request = RulesRequest(.rollback(digest: first), author: "ada")
        let answer = try RulesAnswer(json: test.agent.control(request.json, by: nil))
        #expect(answer.outcome == .activated)
        #expect(isWanted("first/+") && !isWanted("second/+"))
        try save("third")
        #expect(isWanted("third/+") && !isWanted("first/+"))
    }

    @Test("of many or long filters that are refused as many are named as a report has room for")
    func named() {
        let many = (0..<1_000).map { "a/\($0)" }
        #expect(LoginTrial.named(many) == Array(many.prefix(Limits.loginRefusedMax)))
        // Each byte of these takes six as JSON.
        let long = (0..<90).map { _ in String(repeating: "\u{1}", count: 1_000) }
        let named = LoginTrial.named(long)
        #expect(!named.isEmpty && named.count < 90)
        let report = LoginReport(
            clientID: "a",
            outcome: .accepted(.answered(count: 90, refused: 90, named: named)))
        #expect(report.json.count < Limits.programOutputBytesMax)
    }

    @Test("its client identifier is the agent's with a mark, and no longer than that may be")
    func clientID() {
        #expect(LoginTrial.clientID(beside: "a") == "a-doctor")
        let longest = String(repeating: "é", count: Limits.brokerTextCharactersMax)
        let beside = LoginTrial.clientID(beside: longest)
        #expect(beside.count == Limits.brokerTextCharactersMax && beside.hasSuffix("é-doctor"))
    }
}
