import Core
import Testing

@testable import Agent

@Suite("Reading on which topics requests are taken")
struct RequestTopicsTests {
    private func read(_ requests: String) throws -> AgentConfiguration {
        try AgentConfiguration(
            yaml: "http: { mqtt: { requests: \(requests) } }", file: "jamey.yaml", hostName: "n")
    }

    private func complaints(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try AgentConfiguration(yaml: text, file: "jamey.yaml", hostName: "n")
            return []
        } catch {
            guard case .invalid(let errors) = error else { return ["\(error)"] }
            return errors.map(\.description)
        }
    }

    @Test("each topic has a role, and a token is required unless it is said not to be")
    func list() throws {
        let topics = try read(
            "[{ topic: api/requests, role: admin }, { topic: api/ops, role: operator, "
                + "token: required }, { topic: viewers, role: viewer, token: none }]"
        ).http.mqtt.topics
        #expect(
            topics == [
                RequestTopic("api/requests", role: .admin),
                RequestTopic("api/ops", role: .operator),
                RequestTopic("viewers", role: .viewer, trust: .viewer),
            ])
    }

    @Test("api/requests is no longer there where the list has others only")
    func others() throws {
        let topics = try read("[{ topic: api/viewers, role: viewer }]").http.mqtt.topics
        #expect(topics.map(\.name) == ["api/viewers"])
    }

    @Test("the role that the list gives api/requests can stand beside none, and beside no other")
    func shorthand() throws {
        let list = "requests: [{ topic: a, role: viewer }]"
        #expect(complaints("http: { mqtt: { trust_broker_acl: none, \(list) } }").isEmpty)
        let found = complaints("http: { mqtt: { trust_broker_acl: viewer, \(list) } }")
        #expect(found.count == 1, "\(found)")
        let expected = "1:17: error: 'trust_broker_acl' is for api/requests where there is no"
        #expect(found.first?.contains(expected) == true, "\(found)")
        #expect(found.first?.contains("an entry of 'requests' says token: none") == true)
    }

    @Test(
        "what is wrong is told at its place, with what to do",
        arguments: [
            ("viewer", "'requests' must be a list"),
            ("[]", "'requests' names no topic"),
            ("[api/requests]", "'requests' must be a mapping"),
            ("[{ role: viewer }]", "missing key 'topic'"),
            ("[{ topic: a }]", "missing key 'role'"),
            ("[{ topic: a, role: root }]", "'role' must be viewer, operator or admin, not 'root'"),
            (
                "[{ topic: a, role: viewer, token: maybe }]",
                "'token' must be required or none, not 'maybe'"
            ),
            ("[{ topic: a, role: viewer, qos: 1 }]", "unknown key 'qos'"),
            ("[{ topic: '', role: viewer }]", "'topic' must have a name"),
            ("[{ topic: api/+, role: viewer }]", "'topic' cannot hold + or #"),
            ("[{ topic: 'api/#', role: viewer }]", "'topic' cannot hold + or #"),
            ("[{ topic: /api, role: viewer }]", "'topic' cannot begin or end with /"),
            ("[{ topic: api/, role: viewer }]", "'topic' cannot begin or end with /"),
            ("[{ topic: a//b, role: viewer }]", "'topic' cannot begin or end with /"),
            ("[{ topic: 'a b', role: viewer }]", "'topic' is made of letters of ASCII"),
            ("[{ topic: é, role: viewer }]", "'topic' is made of letters of ASCII"),
            ("[{ topic: $SYS/a, role: viewer }]", "'topic' is made of letters of ASCII"),
            ("[{ topic: jamey/n/api/a, role: viewer }]", "leave jamey/n/ out"),
            ("[{ topic: '{root}/api/a', role: viewer }]", "leave jamey/n/ out"),
            (
                "[{ topic: a, role: viewer }, { topic: a, role: admin }]",
                "'requests' has 'a' twice"
            ),
        ])
    func faults(requests: String, expected: String) {
        let found = complaints("http: { mqtt: { requests: \(requests) } }")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("no topic of the agent's own can be one, nor where answers go")
    func own() {
        let topics = OwnTopics(root: "jamey/n")
        let own = [
            topics.availability, topics.status, topics.health, topics.metrics, topics.heartbeat,
            topics.errors, topics.auditHead, topics.memoryStore, topics.memoryQuery,
            "jamey/n/conscience/results", "jamey/n/conscience/shadow",
            "jamey/n/conscience/evaluate", "jamey/n/alerts/hot/press-1", "jamey/n/memory/updates",
            "jamey/n/memory/results", "jamey/n/api/responses", "jamey/n/api/responses/mine",
        ]
        for topic in own {
            let name = String(topic.dropFirst("jamey/n/".count))
            let list = "[{ topic: \(name), role: viewer }]"
            let found = complaints("http: { mqtt: { requests: \(list) } }")
            #expect(found.count == 1, "\(name): \(found)")
            #expect(found.first?.contains("or below it") == true, "\(name): \(found)")
        }
        for name in ["statuses", "api/status", "api", "api/response", "Status"] {
            #expect(RequestTopic.objection(to: name, root: "jamey/n") == nil, "\(name)")
        }
    }

    @Test("there is a bound to topics, to their names, and to their levels with the root's")
    func bounds() throws {
        func list(_ count: Int) -> String {
            let topics = (1...count).map { "{ topic: api/\($0), role: viewer }" }
            return "[\(topics.joined(separator: ", "))]"
        }
        let most = Limits.mqttRequestTopicsMax
        #expect(try read(list(most)).http.mqtt.topics.count == most)
        let tooMany = complaints("http: { mqtt: { requests: \(list(most + 1)) } }")
        #expect(tooMany.first?.contains("at most \(most) topics") == true, "\(tooMany)")
        let long = String(repeating: "a", count: Limits.mqttRequestTopicBytesMax)
        #expect(RequestTopic.objection(to: long, root: "r") == nil)
        #expect(RequestTopic.objection(to: long + "a", root: "r")?.contains("at most 64") == true)
        let deep = Array(repeating: "r", count: Limits.topicLevelsMax).joined(separator: "/")
        #expect(RequestTopic.objection(to: "a", root: deep)?.contains("levels") == true)
    }

    @Test("the effective configuration names every topic, with its role and that without a token")
    func effective() throws {
        let configuration = try read(
            "[{ topic: a, role: operator }, { topic: b, role: viewer, token: none }]")
        let json = try JSONScanner.scan(Array(configuration.effective(version: "1").utf8))
        let topics = json["http"]?["mqtt"]?["requests"]?.array ?? []
        #expect(topics.map { $0["topic"]?.string } == ["a", "b"])
        #expect(topics.map { $0["role"]?.string } == ["operator", "viewer"])
        #expect(topics.map { $0["without_token"]?.string } == ["none", "viewer"])
    }
}
