import Agent
import Core
import Hummingbird
import Logging
import Synchronization
import Testing

@testable import API

/// Requests by MQTT through the whole chain, as the loop hands them over.
@Suite("Requests by MQTT, answered")
struct MQTTRequestsTests {
    /// The answer to one request.
    private func ask(
        _ requests: MQTTRequests, _ body: String, token: String? = nil
    ) async throws -> JSONValue {
        let document = try JSONScanner.scan(Array(body.utf8))
        requests.ask(ForwardedRequest(number: 7, body: document, token: token))
        var answers: [ForwardedAnswer] = []
        try await Condition.becomesTrue("an answer to \(body)") {
            answers += requests.take()
            return !answers.isEmpty
        }
        #expect(answers.map(\.number) == [7])
        return try JSONScanner.scan(answers[0].body)
    }

    private static func get(_ path: String, _ more: String = "") -> String {
        #"{"method":"GET","path":"\#(path)"\#(more)}"#
    }

    @Test("the answer is the status, the fields that matter, and the body as JSON")
    func answered() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let key = try await fixture.key(role: .viewer)
        let answer = try await ask(requests, Self.get("/rules"), token: key)
        #expect(answer["status"]?.int == 200)
        let digest = answer["body"]?["ruleset"]?.string ?? ""
        #expect(answer["headers"]?["etag"]?.string == "\"\(digest)\"")
        #expect(answer["headers"]?["content-type"]?.string == "application/json")
        #expect(answer["headers"]?.object?.members.count == 2)
        let file = try await ask(requests, Self.get("/rules/files/rules.yaml"), token: key)
        #expect(file["body"]?.string == PlantRules.yaml)
        let head = try await ask(
            requests, #"{"method":"HEAD","path":"/rules"}"#, token: key)
        #expect(head["status"]?.int == 200 && head["body"] == nil)
    }

    @Test("who asks is found out as by HTTP: by a header or a token, or it is nobody")
    func authentication() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let open = try await ask(requests, Self.get("/"))
        #expect(open["status"]?.int == 200 && open["body"]?["name"]?.string == "jamey")
        let nobody = try await ask(requests, Self.get("/status"))
        #expect(nobody["status"]?.int == 401)
        #expect(nobody["body"]?["code"]?.string == "UNAUTHENTICATED")
        #expect(nobody["headers"]?["www-authenticate"]?.string == "Bearer")
        let key = try await fixture.key(role: .viewer)
        let header = Self.get("/status", #","headers":{"Authorization":"Bearer \#(key)"}"#)
        #expect(try await ask(requests, header)["status"]?.int == 200)
        #expect(try await ask(requests, Self.get("/status"), token: key)["status"]?.int == 200)
        let evaluate = #"{"method":"POST","path":"/evaluate","body":{"action":"a"}}"#
        #expect(try await ask(requests, evaluate, token: key)["status"]?.int == 403)
        #expect(try await ask(requests, Self.get("/status"), token: "x")["status"]?.int == 401)
    }

    @Test("where the broker is trusted a request without credentials has a role, and no more")
    func trusted() async throws {
        let fixture = try APIFixture.make(
            rules: PlantRules.yaml, settings: { settings, _ in settings.mqttRole = .operator })
        let requests = try #require(fixture.server.requests())
        #expect(try await ask(requests, Self.get("/status"))["status"]?.int == 200)
        let evaluate = #"{"method":"POST","path":"/evaluate","body":{"action":"a"}}"#
        #expect(try await ask(requests, evaluate)["status"]?.int == 200)
        #expect(try await ask(requests, Self.get("/keys"))["status"]?.int == 403)
        // Wrong credentials are not made good by it.
        #expect(try await ask(requests, Self.get("/status"), token: "x")["status"]?.int == 401)
    }

    @Test("streams, pages and answers that are too large are refused")
    func refused() async throws {
        let padding = String(
            repeating: "# " + String(repeating: "x", count: 97) + "\n", count: 3_000)
        let fixture = try APIFixture.make(
            rules: padding + PlantRules.yaml,
            settings: { settings, _ in settings.mqttRole = .viewer })
        let requests = try #require(fixture.server.requests())
        #expect(try await ask(requests, Self.get("/dashboard"))["code"]?.string == "NOT_BY_MQTT")
        let events = try await ask(requests, Self.get("/events"))
        #expect(events["body"]?["code"]?.string == "NOT_BY_MQTT")
        let file = try await ask(requests, Self.get("/rules/files/rules.yaml"))
        #expect(file["code"]?.string == "ANSWER_TOO_LARGE")
        #expect(try await ask(requests, "[]")["code"]?.string == "NOT_AN_OBJECT")
        let missing = try await ask(requests, Self.get("/nowhere"))
        #expect(missing["status"]?.int == 404)
        #expect(missing["body"]?["code"]?.string == "NOT_FOUND")
    }

    @Test("where requests by MQTT are not wanted nothing takes them")
    func disabled() throws {
        let fixture = try APIFixture.make(settings: { settings, _ in settings.takesMQTT = false })
        #expect(fixture.server.requests() == nil)
    }

    @Test("so many are answered at a time; a further one is told so at once, and none when closed")
    func bounded() async throws {
        let isOpen = Atomic(false)
        let requests = MQTTRequests(trust: nil, log: Logger(label: "test")) { _, _ in
            while !isOpen.load(ordering: .relaxed) { await Task.yield() }
            return Response(status: .noContent)
        }
        let document = try JSONScanner.scan(Array(Self.get("/").utf8))
        for number in 0...Limits.mqttRequestsMax {
            requests.ask(ForwardedRequest(number: number, body: document))
        }
        let refused = requests.take()
        #expect(refused.map(\.number) == [Limits.mqttRequestsMax])
        let text = String(decoding: refused.first?.body ?? [], as: UTF8.self)
        #expect(text.contains("OVERLOADED"))
        isOpen.store(true, ordering: .relaxed)
        var answers: [ForwardedAnswer] = []
        try await Condition.becomesTrue("all answers") {
            answers += requests.take()
            return answers.count == Limits.mqttRequestsMax
        }
        #expect(answers.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains("204") })
        requests.close()
        requests.ask(ForwardedRequest(number: 1, body: document))
        let last = try #require(requests.take().first)
        #expect(String(decoding: last.body, as: UTF8.self).contains("UNAVAILABLE"))
    }
}
