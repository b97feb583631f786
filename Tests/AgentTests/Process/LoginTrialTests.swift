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

    @Test("its client identifier is the agent's with a mark, and no longer than that may be")
    func clientID() {
        #expect(LoginTrial.clientID(beside: "a") == "a-doctor")
        let longest = String(repeating: "é", count: Limits.brokerTextCharactersMax)
        let beside = LoginTrial.clientID(beside: longest)
        #expect(beside.count == Limits.brokerTextCharactersMax && beside.hasSuffix("é-doctor"))
    }
}
