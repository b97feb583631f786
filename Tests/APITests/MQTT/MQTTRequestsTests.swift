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
        _ requests: MQTTRequests, _ body: String, token: String? = nil,
        on topic: RequestTopic = .standard()
    ) async throws -> JSONValue {
        try await requests.answer(to: body, token: token, on: topic)
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
        #expect(answer["headers"]?["content-type"]?.string == "application/json")
        #expect(answer["headers"]?.object?.members.count == 1)
        let file = try await ask(requests, Self.get("/rules/files/rules.yaml"), token: key)
        #expect(file["body"]?.string == PlantRules.yaml)
        #expect(file["headers"]?["etag"]?.string == "\"\(digest)\"")
        #expect(file["headers"]?.object?.members.count == 2)
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
        #expect(try await ask(requests, Self.evaluate, token: key)["status"]?.int == 403)
        #expect(try await ask(requests, Self.get("/status"), token: "x")["status"]?.int == 401)
    }

    private static let evaluate = #"{"method":"POST","path":"/evaluate","body":{"action":"a"}}"#

    @Test("where the broker is trusted a request without credentials has a role, and no more")
    func trusted() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let topic = RequestTopic.standard(trust: .operator)
        let status = try await ask(requests, Self.get("/status"), on: topic)
        #expect(status["status"]?.int == 200)
        #expect(status["body"]?["principal"]?["name"]?.string == "mqtt:api/requests")
        #expect(try await ask(requests, Self.evaluate, on: topic)["status"]?.int == 200)
        #expect(try await ask(requests, Self.get("/keys"), on: topic)["status"]?.int == 403)
        // Who shows a key is taken by it.
        let key = try await fixture.key(role: .admin)
        let keys = try await ask(requests, Self.get("/keys"), token: key, on: topic)
        #expect(keys["status"]?.int == 200)
        // Wrong credentials are not made good by it.
        let wrong = try await ask(requests, Self.get("/status"), token: "x", on: topic)
        #expect(wrong["status"]?.int == 401)
    }

    @Test(
        "the role of a request is the lesser of the key's and the topic's",
        arguments: Role.allCases, Role.allCases)
    func leastRole(_ shown: Role, _ most: Role) async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let topic = RequestTopic("api/some", role: most)
        let key = try await fixture.key(role: shown)
        let status = try await ask(requests, Self.get("/status"), token: key, on: topic)
        let role = min(shown, most)
        #expect(status["body"]?["principal"]?["role"]?.string == role.rawValue)
        let evaluated = try await ask(requests, Self.evaluate, token: key, on: topic)
        #expect(evaluated["status"]?.int == (role >= .operator ? 200 : 403))
        let keys = try await ask(requests, Self.get("/keys"), token: key, on: topic)
        #expect(keys["status"]?.int == (role == .admin ? 200 : 403))
        if most < .admin {
            let message = keys["body"]?["error"]?.string ?? ""
            #expect(message.contains("allows at most the role \(most.rawValue)"), "\(message)")
        }
        // Nothing of it holds elsewhere.
        #expect(await fixture.request(.get, "/status", token: key).status == 200)
    }

    @Test("where a token is required, none and a wrong one are refused, whatever the topic's role")
    func required() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        for role in Role.allCases {
            let topic = RequestTopic("api/some", role: role)
            let open = try await ask(requests, Self.get("/livez"), on: topic)
            #expect(open["status"]?.int == 200)
            let nobody = try await ask(requests, Self.get("/status"), on: topic)
            #expect(nobody["status"]?.int == 401)
            let wrong = try await ask(requests, Self.get("/status"), token: "x", on: topic)
            #expect(wrong["status"]?.int == 401)
        }
    }

    @Test("a role without a token is never more than the topic's")
    func trustIsHeld() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let topic = RequestTopic("api/odd", role: .viewer, trust: .admin)
        let status = try await ask(requests, Self.get("/status"), on: topic)
        #expect(status["body"]?["principal"]?["role"]?.string == "viewer")
        #expect(try await ask(requests, Self.evaluate, on: topic)["status"]?.int == 403)
    }

    @Test("the audit chain says by which topic, of who came and of who was sent away")
    func audited() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let open = RequestTopic("api/viewers", role: .viewer, trust: .viewer)
        let closed = RequestTopic("ops", role: .operator)
        let key = try await fixture.key(role: .admin, name: "ann")
        _ = try await ask(requests, Self.get("/status"), on: open)
        _ = try await ask(requests, Self.get("/keys"), token: key, on: closed)
        _ = try await ask(requests, Self.get("/status"), on: closed)
        _ = try await ask(requests, Self.evaluate, token: key, on: closed)
        await fixture.services.access.flush(isFinal: true)
        let audit = await fixture.admin(.get, "/audit?kind=access&limit=1000")
        let told = (audit["links"]?.array ?? []).compactMap { $0["record"] }.map { record in
            ["access", "by", "from", "reason"].map { record[$0]?.string ?? "-" }
                .joined(separator: " ")
        }
        let ann = "key:\(APIKeyToken(key)?.id ?? "") ann"
        for line in [
            "authenticated mqtt:api/viewers mqtt:api/viewers -",
            "refused \(ann) mqtt:ops FORBIDDEN", "refused  mqtt:ops NO_CREDENTIALS",
            "changed \(ann) mqtt:ops -",
        ] { #expect(told.contains(line), "\(line) in \(told)") }
    }

    @Test("guessers on one topic lock nobody out on another, nor who has a key")
    func lockout() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let key = try await fixture.key(role: .viewer)
        let (open, other) = (RequestTopic.standard(), RequestTopic("ops", role: .operator))
        for _ in 0..<Limits.lockoutFailures + 1 {
            let wrong = APIKeyToken.make().revealed
            _ = try await ask(requests, Self.get("/status"), token: wrong, on: open)
        }
        let guess = APIKeyToken.make().revealed
        let locked = try await ask(requests, Self.get("/status"), token: guess, on: open)
        #expect(locked["body"]?["code"]?.string == "LOCKED_OUT")
        let free = try await ask(requests, Self.get("/status"), token: guess, on: other)
        #expect(free["body"]?["code"]?.string == "UNAUTHENTICATED")
        // Who has a key is not locked out beside them either.
        let known = try await ask(requests, Self.get("/status"), token: key, on: open)
        #expect(known["status"]?.int == 200)
    }

    @Test("streams, pages and answers that are too large are refused")
    func refused() async throws {
        let padding = String(
            repeating: "# " + String(repeating: "x", count: 97) + "\n", count: 3_000)
        let fixture = try APIFixture.make(rules: padding + PlantRules.yaml)
        let requests = try #require(fixture.server.requests())
        let topic = RequestTopic.standard(trust: .viewer)
        #expect(try await ask(requests, Self.get("/dashboard"))["code"]?.string == "NOT_BY_MQTT")
        let events = try await ask(requests, Self.get("/events"), on: topic)
        #expect(events["body"]?["code"]?.string == "NOT_BY_MQTT")
        let file = try await ask(requests, Self.get("/rules/files/rules.yaml"), on: topic)
        #expect(file["code"]?.string == "ANSWER_TOO_LARGE" && file["body"] == nil)
        #expect(file["status"]?.int == 200 && file["headers"]?["etag"] != nil)
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
        let requests = MQTTRequests(log: Logger(label: "test")) { _, _ in
            while !isOpen.load(ordering: .relaxed) { await Task.yield() }
            return Response(status: .noContent)
        }
        let document = try JSONScanner.scan(Array(Self.get("/").utf8))
        for number in 0...Limits.mqttRequestsMax {
            requests.ask(
                ForwardedRequest(number: number, body: document, topic: .standard()))
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
        requests.ask(ForwardedRequest(number: 1, body: document, topic: .standard()))
        let last = try #require(requests.take().first)
        #expect(String(decoding: last.body, as: UTF8.self).contains("UNAVAILABLE"))
    }

    @Test("a request is answered at the priority of all others, also where the main thread asks")
    func priority() async throws {
        let (priorities, told) = AsyncStream.makeStream(of: TaskPriority.self)
        let requests = MQTTRequests(log: Logger(label: "test")) { _, _ in
            told.yield(Task.currentPriority)
            return Response(status: .noContent)
        }
        let document = try JSONScanner.scan(Array(Self.get("/").utf8))
        // As what begins on the main thread has it, where the daemon's loop is.
        await Task(priority: .userInitiated) {
            requests.ask(ForwardedRequest(number: 1, body: document, topic: .standard()))
        }.value
        var found = priorities.makeAsyncIterator()
        let priority = try #require(await found.next())
        #expect(priority < .userInitiated)
    }

    @Test("a stop waits until what has begun is answered, and not for ever")
    func finish() async throws {
        let isOpen = Atomic(false)
        let requests = MQTTRequests(log: Logger(label: "test")) { _, _ in
            while !isOpen.load(ordering: .relaxed) { await Task.yield() }
            return Response(status: .noContent)
        }
        let document = try JSONScanner.scan(Array(Self.get("/").utf8))
        for number in 1...3 {
            requests.ask(ForwardedRequest(number: number, body: document, topic: .standard()))
        }
        let stop = Task { await requests.finish(within: .seconds(600)) }
        try await Condition.becomesTrue("that the stop has begun") {
            requests.ask(ForwardedRequest(number: 9, body: document, topic: .standard()))
            return requests.take().contains {
                String(decoding: $0.body, as: UTF8.self).contains("UNAVAILABLE")
            }
        }
        isOpen.store(true, ordering: .relaxed)
        await stop.value
        #expect(Set(requests.take().map(\.number)).isSuperset(of: [1, 2, 3]))
    }

    @Test("a stop goes on without an answer that does not come")
    func impatient() async throws {
        let isOpen = Atomic(false)
        let requests = MQTTRequests(log: Logger(label: "test")) { _, _ in
            while !isOpen.load(ordering: .relaxed) { await Task.yield() }
            return Response(status: .noContent)
        }
        let document = try JSONScanner.scan(Array(Self.get("/").utf8))
        requests.ask(ForwardedRequest(number: 1, body: document, topic: .standard()))
        await requests.finish(within: .milliseconds(20))
        #expect(requests.take().isEmpty)
        isOpen.store(true, ordering: .relaxed)
    }

    @Test("the stop of the API waits for them, and no further one is taken")
    func serverStops() async throws {
        let fixture = try APIFixture.plant()
        let requests = try #require(fixture.server.requests())
        let document = try JSONScanner.scan(Array(Self.get("/livez").utf8))
        requests.ask(ForwardedRequest(number: 1, body: document, topic: .standard()))
        await fixture.server.stop()
        let answer = try #require(requests.take().first)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("online"))
        requests.ask(ForwardedRequest(number: 2, body: document, topic: .standard()))
        let late = try #require(requests.take().first)
        #expect(String(decoding: late.body, as: UTF8.self).contains("UNAVAILABLE"))
    }
}
