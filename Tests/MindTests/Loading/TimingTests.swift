import CEL
import Core
import Testing

@testable import Mind

@Suite("Loading what rules say about time")
struct LoadingTimingTests {
    private static func on(_ record: String, _ rule: String) -> String {
        """
        routes:
          - { name: heard, topic: "plant/{device}", record: \(record) }
          - { name: judged, guard: { propose: "p/{device}", approved: "a", denied: "d" } }
        rules:
          - { name: a, \(rule) }
        """
    }

    @Test("every key is read, and every action")
    func everything() throws {
        let set = try loadRules(
            rules(
                """
                  - name: hot
                    on: heard
                    when: payload.t > 80
                    for: 30s
                    keep_firing_for: 1m30s
                    cooldown: 1h
                    actions:
                      - remember: { layer: episodic, content: '"hot"', tags: [heat, press] }
                      - publish: { topic: a, payload: '1' }
                      - feel: { emotion: anger }
                  - { name: gone, on: heard, absent: 60s, cooldown: 5m }
                  - { name: mute, on: heard, absent: 60s, when: payload.beat }
                """))
        let hot = set.rules[0]
        #expect(hot.timing.hold == .seconds(30) && hot.timing.keepFiring == .seconds(90))
        #expect(hot.timing.cooldown == .seconds(3_600) && hot.timing.absent == nil)
        #expect(hot.memories.map(\.layer) == [.episodic])
        #expect(hot.memories.map(\.tags) == [["heat", "press"]])
        #expect(hot.feelings.map(\.emotion) == [.anger] && hot.actions.count == 1)
        #expect(set.rules[1].timing.absent == .seconds(60))
        #expect(set.rules[1].when.source == "true" && set.rules[2].when.source == "payload.beat")
        #expect(set.rules.map(\.hasState) == [true, true, true])
    }

    @Test("calls that remember are found in every expression of a rule, each with its own place")
    func sites() throws {
        let set = try loadRules(
            rules(
                """
                  - name: a
                    on: heard
                    variables:
                      - { name: mean, expression: 'over.avg(payload.x, "5m")' }
                    when: variables.mean > 1 && over.quantile(payload.x, 0.9, "1h") > 2.0
                    messageExpression: 'string(over.count(1, "1h")) + string(changed(payload.s))'
                    actions:
                      - publish: { topic: t, payload: 'over.max(payload.x + 1, "30s")' }
                  - { name: b, on: heard, when: payload.x > 1 }
                """))
        let sites = set.rules[0].sites
        #expect(sites.map(\.expression) == [0, 1, 2, 2, 3])
        #expect(sites.map(\.place) == [0, 0, 0, 1, 0])
        #expect(
            sites.map(\.argument.source) == [
                "payload.x", "payload.x", "1", "payload.s", "payload.x + 1",
            ])
        let hour = Duration.seconds(3_600)
        #expect(
            sites.map(\.kind) == [
                .window(.init(function: .avg, span: .seconds(300))),
                .window(.init(function: .quantile, span: hour, share: 0.9)),
                .window(.init(function: .count, span: hour)), .changed,
                .window(.init(function: .max, span: .seconds(30))),
            ])
        #expect(set.rules[1].sites.isEmpty && !set.rules[1].hasState)
    }

    @Test(
        "what a window cannot be is told at its place",
        arguments: [
            (#"over.avg(payload.x, "5 m") > 1"#, "the window's length: "),
            (#"over.avg(payload.x, payload.w) > 1"#, "is a text that is written out: \"5m\""),
            (#"over.avg(payload.x, 5) > 1"#, "is a text that is written out: \"5m\""),
            (#"over.avg(payload.x, "1ms") > 1"#, "a window is from 100ms to 31d long, not 1ms"),
            (#"over.avg(payload.x, "32d") > 1"#, "a window is from 100ms to 31d long, not 32d"),
            (#"over.avg(payload.x) > 1"#, "'over.avg' takes 2 arguments, not 1"),
            (#"over.avg("x", "5m") > 1"#, "'over.avg' takes a number, not string"),
            (#"over.quantile(payload.x, 1.5, "5m") > 1"#, "a number from 0.0 to 1.0"),
            (#"over.quantile(payload.x, payload.q, "5m") > 1"#, "a number from 0.0 to 1.0"),
            (#"over.quantile(payload.x, "5m") > 1"#, "'over.quantile' takes 3 arguments, not 2"),
            (#"over.mean(payload.x, "5m") > 1"#, "unknown function 'over.mean'"),
            (#"changed() || true"#, "'changed' takes 1 arguments, not 0"),
            (#"payload.l.exists(e, over.avg(e, "5m") > 1)"#, "inside of a macro"),
            (#"payload.l.exists(e, changed(e))"#, "inside of a macro"),
        ])
    func windows(when: String, expected: String) {
        let found = complaints(Self.on("all", "on: heard, when: '\(when)'"))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("1.yaml:5:") == true, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("a window over the elements of a list of its own range is one place")
    func range() {
        let when = #"[over.avg(payload.x, "5m")].exists(e, e > 1)"#
        #expect(complaints(Self.on("all", "on: heard, when: '\(when)'")) == [])
    }

    @Test(
        "what does not go together is refused with its reason",
        arguments: [
            ("all", "on: heard, absent: 1m, for: 1m", "'for' means nothing beside 'absent'"),
            ("all", "on: heard, absent: 1m, keep_firing_for: 1m", "means nothing beside 'absent'"),
            ("all", "on: judged, stance: veto, absent: 1m", "'absent' means nothing on 'judged'"),
            ("all", "on: judged, stance: veto, when: 'true', for: 1m", "'for' means nothing on"),
            (
                "all", "on: [heard, judged], stance: veto, when: 'true', cooldown: 1m",
                "'cooldown' means nothing on 'judged'"
            ),
            ("none", "on: heard, absent: 1m", "'absent' needs to know when an entity was heard"),
            ("changed", "on: heard, absent: 1m", "does not record every message"),
            ("every 1m", "on: heard, absent: 1m", "'absent' must be longer than 1m"),
            ("none", "on: heard, when: changed(payload)", "'heard' records nothing"),
            (
                "none", "on: heard, when: 'over.avg(payload, \"1m\") > 1'",
                "'heard' records nothing"
            ),
            ("all", "on: heard, for: 1m", "missing key 'when'"),
            (
                "all",
                "on: judged, stance: veto, when: 'true', actions: [{ feel: { emotion: joy } }]",
                "actions on proposals are not available in this version"
            ),
        ])
    func combinations(record: String, rule: String, expected: String) {
        let found = complaints(Self.on(record, rule))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test(
        "what goes together is accepted",
        arguments: [
            ("every 10s", "on: heard, absent: 1m"),
            ("changed", "on: heard, when: changed(payload)"),
            ("none", "on: heard, when: payload > 1, for: 1m, keep_firing_for: 1m, cooldown: 1h"),
            ("all", "on: judged, stance: oppose, when: 'over.count(1, \"1m\") > 5'"),
            ("all", "on: [heard, judged], stance: veto, when: changed(payload)"),
        ])
    func accepted(record: String, rule: String) {
        #expect(complaints(Self.on(record, rule)) == [])
    }

    @Test("calls that remember are bounded in number")
    func bounded() {
        let terms = (0...Limits.ruleSitesMax).map { "changed(payload.f\($0))" }
        let when = terms.joined(separator: " || ")
        let found = complaints(Self.on("all", "on: heard, when: \(when)"))
        #expect(found.count == 1)
        let bound = "more than 32 calls of 'over', 'changed' and 'baseline'"
        #expect(found.first?.contains(bound) == true)
    }

    @Test("tags are bounded in number")
    func tags() {
        let tags = (0...Limits.memoryTagsMax).map { "t\($0)" }.joined(separator: ", ")
        let action = "{ remember: { layer: semantic, content: '1', tags: [\(tags)] } }"
        let found = complaints(Self.on("all", "on: heard, when: 'true', actions: [\(action)]"))
        #expect(found.first?.contains("more than 16 tags for one memory") == true, "\(found)")
    }
}
