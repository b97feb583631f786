import Core
import HTTPTypes
import Mind
import Testing

@testable import API
@testable import Store

@Suite("The routes of forgetting")
struct ForgettingRoutesTests {
    /// Nothing else has a part of it.
    private static let name = "Qx7zv-press-9"
    private static var path: String { "/entities/\(name)" }

    /// A plant in which an entity was heard, judged, remembered and trusted.
    private func lived() async throws -> APIFixture {
        let fixture = try APIFixture.plant()
        for device in [Self.name, "press-2"] {
            for temp in [71.5, 93.25] { await fixture.measure(device, temp) }
            await fixture.propose(device, rpm: 1_800)
        }
        let made = [
            await fixture.admin(.put, "/soul/\(Self.name)", body: #"{"trust":0.25}"#),
            await fixture.admin(.post, "/alerts/hot/\(Self.name)/ack", body: #"{"note":"seen"}"#),
            await fixture.admin(
                .post, "/memory",
                body: #"{"layer":"semantic","content":"it leaks","entity":"\#(Self.name)"}"#),
        ]
        for answer in made { try #require(answer.status < 300, "\(answer.text)") }
        return fixture
    }

    /// Waits for the end of one: what the agent waits for comes with the time.
    private func end(of path: String, in fixture: APIFixture) async throws -> Answer {
        var answer = await fixture.admin(.get, path)
        try await Condition.becomesTrue("the end of \(path)") {
            fixture.clock.advance(by: .seconds(1))
            answer = await fixture.admin(.get, path)
            return answer["state"]?.string == "done"
        }
        return answer
    }

    private func tablesNaming(_ name: String, in fixture: APIFixture) throws -> [String] {
        try StoreReader(path: fixture.storePath).mentions(of: EntityForms(name)).tables
            .map(\.table)
    }

    @Test("an entity that is forgotten is named in no row, whoever asked for it, and how")
    func nowhere() async throws {
        let fixture = try await lived()
        let admin = try await fixture.key(role: .admin)
        let viewer = try await fixture.key(role: .viewer)
        #expect(try tablesNaming(Self.name, in: fixture).count > 5)
        let lines = fixture.log.lines.count
        let begun = await fixture.request(.delete, Self.path, token: admin)
        #expect(begun.status == 202 && begun["state"]?.string == "running", "\(begun.text)")
        let event = try #require(begun["event_seq"]?.int)
        let location = try #require(begun.headers[.location])
        #expect(location == "/forgettings/\(event)")
        let done = try await end(of: location, in: fixture)
        #expect((done["erased"]?["event"]?.int ?? 0) > 3, "\(done.text)")
        #expect(done["search"] == nil && done["waits_for"] == nil)
        // What is asked for with the name in the path, and refused, leaves it nowhere either.
        let named: [(HTTPRequest.Method, String)] = [
            (.delete, Self.path), (.delete, Self.path + "?a=\(Self.name)"),
            (.get, "/devices/\(Self.name)"), (.delete, "/soul/\(Self.name)"),
            (.get, "/forgettings/\(event)?entity=\(Self.name)"),
        ]
        for (method, path) in named {
            for token in [nil, viewer, APIKeyToken.make().revealed] {
                _ = await fixture.request(
                    method, path, token: token, from: .address("192.0.2.7"))
            }
        }
        let refused = await fixture.request(.delete, Self.path + "?entity=x", token: admin)
        #expect(refused.code == "BAD_PARAMETER", "\(refused.text)")
        fixture.clock.advance(by: .seconds(120))
        await fixture.server.upkeep.work()
        await fixture.services.access.flush(isFinal: true)
        let found = await fixture.admin(.get, location + "?entity=\(Self.name)")
        #expect(found["search"]?["mentions"] == .object(JSONObject()), "\(found.text)")
        #expect(found["search"]?["found"]?.int == 0 && found["search"]?["files"]?.int == 2)
        #expect(try tablesNaming(Self.name, in: fixture) == [])
        for text in [begun.text, done.text, found.text] + fixture.log.lines.dropFirst(lines) {
            #expect(!text.contains(Self.name), "\(text)")
        }
        let others = await fixture.admin(.get, "/devices/press-2")
        #expect(others.status == 200, "\(others.text)")
        let audit = await fixture.admin(.get, "/audit?kind=access&limit=1000")
        #expect(audit.text.contains("DELETE /entities/{entity}"), "\(audit.text)")
    }

    /// A replay that has its report.
    private func replay(in fixture: APIFixture) async throws -> String {
        let begun = await fixture.admin(.post, "/replay")
        let place = try #require(begun.headers[.location], "\(begun.text)")
        try await Condition.becomesTrue("the report of \(place)") {
            await fixture.admin(.get, place)["report"] != nil
        }
        return place
    }

    @Test("the reports of jobs of before go with it, whoever asked for it")
    func reports() async throws {
        let fixture = try await lived()
        let first = try await replay(in: fixture)
        // As by the control socket: no route has heard of it.
        let request = ControlRequest.forgetEntity(Self.name, author: "ann").json
        let answer = try await fixture.services.ask { $0.control(request) }
        let event = try #require(try ControlAnswer(json: answer).forgetting)
        #expect(await fixture.admin(.get, first).status == 404)
        _ = try await end(of: "/forgettings/\(event)", in: fixture)
        let second = try await replay(in: fixture)
        #expect(await fixture.admin(.get, second)["report"] != nil, "it began afterwards")
        let begun = await fixture.admin(.delete, "/entities/press-2")
        #expect(begun.status == 202)
        let job = try #require(second.split(separator: "/").last.map(String.init))
        #expect(fixture.services.jobs.find(job, .replay) == nil, "not before somebody asks")
        #expect(await fixture.admin(.get, "/replay")["jobs"] == .array([]))
    }

    @Test("the rule sets of the store are read before the agent is asked, which has their routes")
    func rulesets() async throws {
        let fixture = try await lived()
        let telemetry = "plant/\(Self.name)/telemetry"
        #expect(await fixture.admin(.get, "/log?limit=1000").text.contains(telemetry))
        let moved = PlantRules.yaml.replacing("plant/{device}", with: "hall/{device}")
        fixture.rules.replace([RuleFile(name: "rules.yaml", text: moved)])
        #expect(await fixture.admin(.post, "/reload", body: "{}").status == 200)
        let digests = try StoreReader(path: fixture.storePath).rulesetDigests()
        #expect(digests.count == 2 && !fixture.services.routes.has(digests))
        let nobody = try #require(
            await fixture.admin(.delete, "/entities/nobody").headers[.location])
        #expect(fixture.services.routes.has(digests))
        _ = try await end(of: nobody, in: fixture)
        // Whoever reads them from now on finds nobody by them.
        try fixture.tamper("UPDATE ruleset_file SET text = 'routes: ['")
        let path = try #require(await fixture.admin(.delete, Self.path).headers[.location])
        _ = try await end(of: path, in: fixture)
        let log = await fixture.admin(.get, "/log?limit=1000").text
        #expect(!log.contains(telemetry) && log.contains("plant/press-2/telemetry"))
    }

    @Test("of a name in which everything is to be encoded, too")
    func encoded() async throws {
        let fixture = try APIFixture.plant()
        let name = "north/lathe é"
        await fixture.hear("line/north/lathe é", #"{"db":95}"#)
        #expect(try !tablesNaming(name, in: fixture).isEmpty)
        let begun = await fixture.admin(.delete, "/entities/\(name.percentEncoded)")
        let path = try #require(begun.headers[.location], "\(begun.text)")
        _ = try await end(of: path, in: fixture)
        let found = await fixture.admin(.get, path + "?entity=\(name.percentEncoded)")
        #expect(found["search"]?["mentions"] == .object(JSONObject()), "\(found.text)")
    }

    @Test("one that is forgotten again has another event, and waits for the one before")
    func again() async throws {
        let fixture = try await lived()
        // The clock stands, and so does what has begun.
        let first = try #require(await fixture.admin(.delete, Self.path).headers[.location])
        let second = try #require(await fixture.admin(.delete, Self.path).headers[.location])
        #expect(first != second)
        let waiting = await fixture.admin(.get, second)
        #expect(waiting["state"]?.string == "waiting", "\(waiting.text)")
        #expect(waiting["waits_for"]?.string == "earlier")
        #expect(first == "/forgettings/\(waiting["earlier"]?["event_seq"]?.int ?? 0)")
        #expect(waiting["earlier"]?["phase"]?.string == "checkpoints", "\(waiting.text)")
        let done = try await end(of: second, in: fixture)
        let erased = done["erased"]?.object?.members.map(\.name) ?? ["none"]
        #expect(erased.allSatisfy { $0 == "checkpoint_part" }, "\(done.text)")
        let before = await fixture.admin(.get, first)
        #expect(before["state"]?.string == "done", "\(before.text)")
        // Nothing is known of it, and it is said all the same.
        #expect(await fixture.admin(.delete, "/entities/nobody").status == 202)
    }

    @Test("what is no forgetting, or one of somebody else, is not found")
    func missing() async throws {
        let fixture = try await lived()
        let path = try #require(await fixture.admin(.delete, Self.path).headers[.location])
        for missing in ["/forgettings/1", "/forgettings/999", path + "?entity=press-2"] {
            let answer = await fixture.admin(.get, missing)
            #expect(answer.status == 404 && answer.code == "NOT_FOUND", "\(answer.text)")
            #expect(!answer.text.contains(Self.name))
        }
        for (bad, code) in [
            ("/forgettings/0", "BAD_EVENT"), ("/forgettings/x", "BAD_EVENT"),
            (path + "?entity=", "BAD_ENTITY"), (path + "?name=a", "BAD_PARAMETER"),
        ] {
            let answer = await fixture.admin(.get, bad)
            #expect(answer.status == 400 && answer.code == code, "\(bad): \(answer.text)")
        }
        let long = String(repeating: "a", count: Limits.entityNameBytesMax + 1)
        let refused = await fixture.admin(.delete, "/entities/\(long)")
        #expect(refused.code == "BAD_ENTITY", "\(refused.text)")
    }

    @Test("a search that takes too long is told of, and when it is worth while to ask again not")
    func tooLong() async throws {
        let fixture = try await lived()
        let path = try #require(await fixture.admin(.delete, Self.path).headers[.location])
        let event = try #require(EventSequence(path.split(separator: "/").last ?? ""))
        let reader = try StoreReader(path: fixture.storePath)
        let late = try ForgettingHandlers.search(
            for: Self.name, of: event, reader, unless: { true })
        let error = try #require(throws: APIError.self) { try late.get() }
        #expect(error.status == .serviceUnavailable && error.code == "TAKES_TOO_LONG")
        #expect(error.headers[.retryAfter] == nil && error.message.contains("--database"))
        let patient = try ForgettingHandlers.search(
            for: Self.name, of: event, reader, unless: { false })
        #expect(try patient.get().hits > 0)
        // Whoever guesses is not even told that it takes long.
        let other = try ForgettingHandlers.search(
            for: "press-2", of: event, reader, unless: { true })
        let none = try #require(throws: APIError.self) { try other.get() }
        #expect(none.code == "NOT_FOUND", "\(none)")
    }

    @Test("where the log has lost the event, that is told, and of every name the same")
    func lost() async throws {
        let fixture = try await lived()
        let reader = try StoreReader(path: fixture.storePath)
        var told: Set<String> = []
        for name in [Self.name, "press-2", "nobody"] {
            let result = try ForgettingHandlers.search(
                for: name, of: 9_999, reader, unless: { false })
            let error = try #require(throws: APIError.self) { try result.get() }
            #expect(error.status == .notFound && error.message.contains("no longer"), "\(error)")
            told.insert(error.message)
        }
        #expect(told.count == 1)
    }

    @Test("each phase has its name in the document, and two of them wait for somebody")
    func phases() async throws {
        let document = try await OpenAPIDocument.served(by: APIFixture.make())
        let schema = document.root["components"]?["schemas"]?["Forgetting"]
        let phases = Forgetting.Phase.allCases
        let documented = schema?["properties"]?["phase"]?["enum"]?.array?.compactMap(\.string)
        #expect(documented == phases.map { "\($0)" })
        var waiting: [String] = []
        for phase in phases {
            let job = try #require(
                Forgetting(
                    sequence: 7, entity: Self.name, phase: phase.rawValue, step: 0, place: 0,
                    through: "{}", counts: #"{"event":3}"#))
            let json = try JSONScanner.scan(ForgettingView(job, behind: nil).json)
            #expect(json["erased"]?["event"]?.int == 3)
            guard let cause = json["waits_for"]?.string else {
                #expect(json["state"]?.string == (phase == .done ? "done" : "running"))
                continue
            }
            #expect(json["state"]?.string == "waiting")
            waiting.append("\(phase) \(cause)")
        }
        #expect(waiting == ["outbox broker", "log reader"])
    }

    // MARK: Memories by their age

    @Test("old memories are forgotten some at a time, and pinned ones where it is said")
    func memories() async throws {
        let fixture = try APIFixture.plant()
        let count = Limits.forgetSliceRows + 2
        for number in 0..<count {
            let layer = number == 0 ? "long-term" : "semantic"
            let answer = await fixture.admin(
                .post, "/memory", body: #"{"layer":"\#(layer)","content":"old \#(number)"}"#)
            try #require(answer.status == 201, "\(answer.text)")
        }
        _ = await fixture.admin(.put, "/memory/2/pin")
        fixture.clock.advance(by: .seconds(60))
        _ = await fixture.admin(.post, "/memory", body: #"{"layer":"semantic","content":"new"}"#)
        func forget(_ query: String) async -> String {
            await fixture.admin(.delete, "/memory?" + query).text
        }
        #expect(await forget("before=1h") == #"{"memories":0,"more":false}"#)
        #expect(
            await forget("before=30s&layer=long-term") == #"{"memories":1,"more":false}"#)
        let full = #"{"memories":\#(Limits.forgetSliceRows),"more":true}"#
        #expect(await forget("before=30s") == full)
        #expect(await forget("before=30s&pinned=false") == #"{"memories":0,"more":false}"#)
        #expect(await forget("before=30s&pinned=true") == #"{"memories":1,"more":false}"#)
        let left = await fixture.admin(.get, "/memory")
        #expect(left["total"]?.int == 1, "\(left.text)")
    }

    @Test("without a time nothing is forgotten, nor with what is none")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        for (query, code) in [
            ("", "BAD_BEFORE"), ("?layer=semantic", "BAD_BEFORE"), ("?before=", "BAD_BEFORE"),
            ("?before=soon", "BAD_BEFORE"), ("?before=1d&layer=working", "BAD_LAYER"),
            ("?before=1d&pinned=yes", "BAD_PINNED"), ("?before=1d&entity=a", "BAD_PARAMETER"),
        ] {
            let answer = await fixture.admin(.delete, "/memory" + query)
            #expect(answer.status == 400 && answer.code == code, "\(query): \(answer.text)")
        }
    }
}
