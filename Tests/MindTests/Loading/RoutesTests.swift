import Core
import Testing

@testable import Mind

@Suite("Loading routes")
struct LoadingRoutesTests {
    @Test("a telemetry route and a guard are read as they are written, with their defaults")
    func asWritten() throws {
        let set = try loadRules(
            """
            routes:
              - name: press-telemetry
                topic: plant/{line}/{device}/telemetry
                entity: "{line}-{device}"
                record: every 10s
              - name: press-commands
                guard:
                  propose:  cmd/{device}/{verb}/proposed
                  approved: cmd/{device}/{verb}
                  denied:   cmd/{device}/{verb}/denied
                threshold: 0.25
                default: approve
            """)
        #expect(set.routes.map(\.name) == ["press-telemetry", "press-commands", "evaluate"])
        let telemetry = set.routes[0]
        #expect(telemetry.kind.pattern?.text == "plant/{line}/{device}/telemetry")
        #expect(telemetry.entity?.text == "{line}-{device}")
        #expect(telemetry.record == .every(.seconds(10)))
        let commands = set.routes[1]
        #expect(commands.entity?.text == "{device}")
        #expect(commands.record == .all)
        #expect(commands.threshold == 0.25)
        #expect(commands.isApprovedByDefault)
        guard case .guarded(let propose, let approved, let denied) = commands.kind else {
            Issue.record("not a guard")
            return
        }
        #expect(propose.text == "cmd/{device}/{verb}/proposed")
        #expect(approved.text == "cmd/{device}/{verb}")
        #expect(denied.text == "cmd/{device}/{verb}/denied")
    }

    @Test("a guard denies by default, a request on evaluate is approved by default")
    func defaults() throws {
        let set = try loadRules(testRoutes)
        let judged = try #require(set.routes.first { $0.name == "judged" })
        #expect(!judged.isApprovedByDefault)
        #expect(judged.threshold == 0)
        let evaluate = try #require(set.routes.last)
        #expect(evaluate.name == "evaluate")
        #expect(evaluate.isApprovedByDefault)
        #expect(evaluate.entity == nil)
    }

    @Test("evaluate can be configured, but has no topic, guard or entity")
    func evaluate() throws {
        let set = try loadRules(
            """
            routes:
              - { name: evaluate, threshold: 0.5, default: deny, record: changed }
            """)
        let route = try #require(set.routes.first)
        #expect(set.routes.count == 1)
        #expect(route.threshold == 0.5)
        #expect(!route.isApprovedByDefault)
        #expect(route.record == .changed)
        let found = complaints(
            """
            routes:
              - { name: evaluate, topic: a/b }
            """)
        #expect(
            found == [
                "1.yaml:2:23: error: the route 'evaluate' has no 'topic' "
                    + "('evaluate' is the built-in route of requests; choose another name)"
            ])
    }

    @Test(
        "the entity is the capture named device, else the only one, else the topic",
        arguments: [
            ("plant/{line}/{device}", "{device}"), ("plant/{press}", "{press}"), ("plant/x", nil),
            ("plant/+", nil),
        ] as [(String, String?)])
    func entity(topic: String, expected: String?) throws {
        let set = try loadRules("routes: [{ name: r, topic: '\(topic)' }]")
        #expect(set.routes[0].entity?.text == expected)
    }

    @Test("with several captures and none named device, the entity must be chosen")
    func ambiguousEntity() {
        let found = complaints("routes: [{ name: r, topic: 'plant/{line}/{press}' }]")
        #expect(
            found == [
                "1.yaml:1:10: error: missing key 'entity': the topic has 2 captures "
                    + "(choose from {line}, {press}, for example entity: \"{press}\")"
            ])
    }

    @Test(
        "every policy of recording is read",
        arguments: [
            ("all", Route.Record.all), ("changed", .changed), ("none", .none),
            ("every 500ms", .every(.milliseconds(500))),
        ])
    func record(text: String, expected: Route.Record) throws {
        let set = try loadRules("routes: [{ name: r, topic: t, record: \(text) }]")
        #expect(set.routes[0].record == expected)
    }

    @Test(
        "what is wrong with a route is told at its place",
        arguments: [
            ("{ topic: a }", "1:10: error: missing key 'name'"),
            ("{ name: r }", "1:10: error: a route needs 'topic' or 'guard'"),
            ("{ name: '', topic: a }", "1:18: error: 'name' must have 1 to 100 characters"),
            ("{ name: r, topic: 'a/#/b' }", "1:28: error: 'topic': in `#` a wildcard"),
            ("{ name: r, topic: 'a/{b' }", "1:28: error: 'topic': `{b` is no placeholder"),
            ("{ name: r, topic: a, record: sometimes }", "1:39: error: 'record' must be all"),
            ("{ name: r, topic: a, record: every 0s }", "1:39: error: 'record' must be all"),
            ("{ name: r, topic: a, record: every }", "1:39: error: 'record' must be all"),
            ("{ name: r, topic: a, threshold: 0 }", "1:31: error: 'threshold' means nothing"),
            ("{ name: r, topic: a, default: deny }", "1:31: error: 'default' means nothing"),
            ("{ name: r, topic: 'a/{x}', entity: '{y}' }", "1:45: error: {y} is not captured"),
            ("{ name: r, topic: a, guard: {} }", "1:31: error: a route has either"),
            ("{ name: r, guard: { propose: p } }", "1:28: error: missing key 'approved'"),
            ("{ name: r, guard: x }", "1:28: error: 'guard' must be a mapping, not a value"),
            ("{ name: r, topics: a }", "1:21: error: unknown key 'topics' (did you mean 'topic'?)"),
            ("[]", "1:10: error: 'routes' must be a mapping, not a list"),
        ])
    func faults(route: String, expected: String) {
        let found = complaints("routes: [\(route)]")
        #expect(found.contains { $0.hasPrefix("1.yaml:" + expected) }, "\(found)")
    }

    @Test(
        "a guard's threshold is from -1 to 1 and its default approve or deny",
        arguments: [
            ("threshold: 1.5", "'threshold' must be from -1 to 1, not 1.5"),
            ("threshold: -2", "'threshold' must be from -1 to 1, not -2"),
            ("threshold: .nan", "'threshold' must be a number, not '.nan'"),
            ("default: maybe", "'default' must be approve or deny, not 'maybe'"),
        ])
    func guardRanges(setting: String, expected: String) {
        let found = complaints(
            """
            routes:
              - guard: { propose: p, approved: a, denied: d }
                name: r
                \(setting)
            """)
        #expect(found.count == 1)
        #expect(found.first?.contains("1.yaml:4:") == true)
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("a capture of several levels is written with its dots in a topic")
    func rest() throws {
        let text = """
            routes:
              - name: r
                guard: { propose: "p/{x...}", approved: "a/{x}", denied: "d/{x...}" }
            """
        #expect(
            complaints(text) == [
                "1.yaml:3:45: error: {x} stands for one level, but 'p/{x...}' captures several "
                    + "(write {x...})"
            ])
        _ = try loadRules(text.replacing("{x}", with: "{x...}"))
    }

    @Test("two routes of one name are refused, in different files too")
    func duplicates() {
        let route = "routes:\n  - { name: r, topic: a }\n"
        #expect(
            complaints(route, route) == [
                "2.yaml:2:13: error: a second route is named 'r' (the first is at 1.yaml:2)"
            ])
    }

    @Test("more routes than the bound are refused")
    func tooMany() {
        let routes = (0...Limits.routesMax).map { "- { name: r\($0), topic: t }\n" }.joined()
        #expect(complaints("routes:\n" + routes) == ["1.yaml:2:1: error: more than 1000 routes"])
    }
}
