import Core
import Testing

@testable import Mind

@Suite("Which events are about an entity")
struct RoutedEntityTests {
    private static let rules = """
        routes:
          - { name: t, topic: "plant/{line}/{device...}", entity: "{device}" }
          - name: c
            guard:
              propose: cmd/{verb}/{device...}
              approved: do/{verb}/{device...}
              denied: no/{verb}/{device...}
            entity: "{device}"
        rules: []

        """

    @Test("what is about an entity is found by the routes, and by what requests name")
    func finder() throws {
        let set = try loadRules(Self.rules)
        let finder = RoutedEntity(
            "press-7", settings: MindUnderTest.settings, routes: set.routes)
        #expect(finder.trace(in: "plant/1/press-7") == .about)
        #expect(finder.trace(in: "plant/press-7/other") == .none)
        #expect(finder.trace(in: "cmd/start/press-7") == .about)
        #expect(finder.trace(in: "plant/1/press-77") == .none)
        #expect(finder.trace(in: "jamey/edge-1/memory/store") == .inPayload)
        #expect(finder.trace(in: "before/memory/store") == .inPayload)
        let (store, evaluate) = ("jamey/edge-1/memory/store", MindUnderTest.evaluate)
        for (topic, body, isAbout) in [
            (store, #"{"entity":"press-7"}"#, true),
            (store, #"{"user_id":"press-7"}"#, false),
            (store, #"{"message_id":"1","payload":{"entity":"press-7"}}"#, true),
            (store, #"{"content":"press-7","entity":"press-8"}"#, false),
            (store, "press-7", false), (store, "", false),
            (evaluate, #"{"user_id":"press-7"}"#, true),
            (evaluate, #"{"user_id":"press-7","entity":"press-8"}"#, false),
            (evaluate, #"{"entity":"press-7"}"#, true), (evaluate, "{}", false),
        ] {
            #expect(finder.isAbout(request: Array(body.utf8), on: topic) == isAbout, "\(body)")
        }
    }

    @Test("the routes of every rule set count, however many of them are the same")
    func finderOfSeveral() throws {
        func routes(_ routes: String...) throws -> [Route] {
            try loadRules("routes: [\(routes.joined(separator: ", "))]\nrules: []\n").routes
        }
        let plant = "{ name: a, topic: 'plant/{device}', entity: '{device}' }"
        let sets = [
            try routes(plant), try routes(plant),
            try routes("{ name: a, topic: 'plant/{device}', entity: 'all-{device}' }"),
            try routes(plant, "{ name: b, topic: 'line/{device}', entity: '{device}' }"),
            try routes("{ name: a, topic: 'hall/{device}', entity: '{device}' }"),
        ]
        let finder = RoutedEntity(
            "press-7", settings: MindUnderTest.settings, routes: sets.flatMap { $0 })
        for place in ["plant", "line", "hall"] {
            #expect(finder.trace(in: place + "/press-7") == .about, "\(place)")
        }
        #expect(finder.trace(in: "other/press-7") == .none)
        let other = RoutedEntity(
            "all-press-7", settings: MindUnderTest.settings, routes: sets.flatMap { $0 })
        #expect(other.trace(in: "plant/press-7") == .about)
        #expect(other.trace(in: "hall/press-7") == .none)
    }

    @Test("a route and a guard on the same topics are not the same: a guard judges nobody, too")
    func guardOfNobody() throws {
        // The name is too long for an entity, so the proposal is judged by its topic's.
        let long = String(repeating: "a", count: Limits.entityNameBytesMax)
        let telemetry = "{ name: a, topic: 'cmd/{device}', entity: 'x{device}' }"
        let judged = """
            { name: b, guard: { propose: 'cmd/{device}', approved: 'do/{device}', \
            denied: 'no/{device}' }, entity: 'x{device}' }
            """
        let sets = try [telemetry, judged].map { try loadRules("routes: [\($0)]\n").routes }
        for (routes, isAbout) in [
            (sets[0], false), (sets[1], true), (sets[0] + sets[1], true), (sets[1] + sets[0], true),
        ] {
            let finder = RoutedEntity(
                "cmd/\(long)", settings: MindUnderTest.settings, routes: routes)
            #expect((finder.trace(in: "cmd/\(long)") == .about) == isAbout)
        }
    }

    // MARK: Rule sets by their digests

    private static func file(_ text: String) -> [RuleFile] {
        [RuleFile(name: "a.yaml", text: text)]
    }

    private static let sets = [
        "first": file("rules: [{ name: r, topic: 'hall/{device}', when: 'true' }]\n"),
        "second": file("routes: [{ name: a, topic: 'plant/{device}' }]\n"),
        // Only what is compiled is wrong with it.
        "strange": file(
            """
            routes: [{ name: a, topic: 'line/{device}' }]
            rules:
              - { name: r, topic: 'shed/{device}', when: 'whatever(payload' }
              - { name: s, on: nowhere, when: 'true', strength: 'unknown.name' }

            """),
        "lost": file("routes: [{ name: a, topic: 'lost/{device}', colour: blue }]\n"),
        "none": file("routes: ["),
    ]

    /// Where the routes of these sets find the device.
    private func places(_ routes: [Route]) -> [String] {
        let finder = RoutedEntity("d", settings: MindUnderTest.settings, routes: routes)
        return ["hall", "plant", "line", "shed", "lost"].filter {
            finder.trace(in: $0 + "/d") == .about
        }
    }

    @Test("routes of a set count as long as they can be read; where they cannot, it has none")
    func strange() throws {
        for name in ["strange", "lost", "none"] {
            let files = try #require(Self.sets[name])
            #expect(throws: RuleSetErrors.self) { try RuleSetLoader.load(files) }
            let found = KnownRoutes().routes(of: [name]) { _ in files }
            #expect(places(found) == (name == "strange" ? ["line", "shed"] : []), "\(name)")
        }
    }

    @Test("each set is read once, and again when it was not asked for meanwhile")
    func once() throws {
        let known = KnownRoutes()
        var read: [String] = []
        func ask(_ digests: String..., inForce: RuleSet? = nil) -> [String] {
            read = []
            return places(
                known.routes(of: digests, inForce: inForce) { digest in
                    read.append(digest)
                    return Self.sets[digest]
                })
        }
        #expect(ask("first", "none") == ["hall"] && read == ["first", "none"])
        #expect(ask("first", "none", "second") == ["hall", "plant"] && read == ["second"])
        #expect(ask("first", "second", "none") == ["hall", "plant"] && read == [])
        #expect(ask("second") == ["plant"] && read == [])
        #expect(ask("first", "second") == ["hall", "plant"] && read == ["first"])
        // What is not there may come.
        #expect(ask("second", "gone") == ["plant"] && read == ["gone"])
        #expect(ask("second", "gone") == ["plant"] && read == ["gone"])
        let set = try loadRules("routes: [{ name: a, topic: 'line/{device}' }]\n")
        #expect(ask("second", set.digest, inForce: set) == ["plant", "line"] && read == [])
        #expect(ask("second", set.digest) == ["plant", "line"] && read == [])
        #expect(ask("second", inForce: set) == ["plant"])
    }

    @Test("what was read before reading failed is known")
    func failing() throws {
        struct Failure: Error {}
        let known = KnownRoutes()
        func ask(_ isWhole: Bool) throws(Failure) -> [Route] {
            try known.routes(of: ["first", "second"]) { (digest) throws(Failure) -> [RuleFile]? in
                if digest == "second", !isWhole { throw Failure() }
                if digest == "first", isWhole { Issue.record("it is read again") }
                return Self.sets[digest]
            }
        }
        #expect(throws: Failure.self) { try ask(false) }
        #expect(try places(ask(true)) == ["hall", "plant"])
    }
}
