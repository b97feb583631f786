import Core
import Testing

@testable import Mind

@Suite("The soul section of rule files")
struct SoulSectionTests {
    @Test("it is read; what it does not say is as by default")
    func read() throws {
        let set = try loadRules(
            "soul: { half_life: 30d, auto_record: true, verdict: { approved: none },\n"
                + "  alert: { info: joy } }")
        #expect(set.soul.halfLife == .seconds(30 * 86_400) && set.soul.isAutomatic)
        #expect(set.soul.approved == nil && set.soul.denied == .anger)
        #expect(set.soul.info == .joy && set.soul.warning == .sadness)
        #expect(set.soul.critical == .anger)
        #expect(try loadRules("soul:\n").soul == SoulRules())
        #expect(try loadRules("rules: []").soul == SoulRules())
        #expect(!SoulRules().isAutomatic && SoulRules().halfLife == .seconds(7 * 86_400))
        // The rules that stand in where there are none go with it.
        #expect(set.rules.map(\.name) == ["no-harm", "truth"])
    }

    @Test(
        "what is wrong is told with its place and a hint",
        arguments: [
            ("soul: 5", "1.yaml:1:7: error: 'soul' must be a mapping, not a value"),
            (
                "soul:\n  halflife: 7d",
                "1.yaml:2:3: error: unknown key 'halflife' (did you mean 'half_life'?)"
            ),
            ("soul: { half_life: 1ms }", "'half_life' must be from 1s to 3660d, not 1ms"),
            ("soul: { half_life: soon }", "'half_life'"),
            ("soul: { auto_record: 'on' }", "'auto_record' must be true or false"),
            (
                "soul: { auto_record: true, verdict: { denied: rage } }",
                "1.yaml:1:47: error: 'denied'"
            ),
            ("soul: { auto_record: true, verdict: joy }", "'verdict' must be a mapping"),
            ("soul: { auto_record: true, alert: { fatal: joy } }", "unknown key 'fatal'"),
            ("soul: { alert: { info: joy } }", "'alert' means nothing without 'auto_record'"),
        ])
    func wrong(text: String, expected: String) {
        let found = complaints(text)
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test("there is one of it in all files")
    func second() {
        let found = complaints("soul: { half_life: 1d }", "rules: []\nsoul: {}")
        #expect(found.count == 1 && found[0].contains("2.yaml:2:7"), "\(found)")
        #expect(found[0].contains("a second 'soul' section"), "\(found)")
        #expect(found[0].contains("1.yaml:1"), "\(found)")
    }

    @Test("a feeling has a weight from 0.001 to 100")
    func weights() throws {
        func rule(_ feel: String) -> String {
            rules("  - { name: a, on: heard, when: 'true', actions: [{ feel: \(feel) }] }\n")
        }
        let set = try loadRules(rule("{ emotion: joy, weight: 2.5 }"))
        #expect(set.rules[0].feelings == [.init(emotion: .joy, weight: 2_500_000_000)])
        #expect(complaints(rule("{ emotion: joy, weight: 101 }")).count == 1)
        #expect(complaints(rule("{ emotion: joy, weight: 0 }")).count == 1)
    }
}
