import Core
import Testing

@testable import Mind

@Suite("The schema of rule files")
struct RulesSchemaTests {
    private static let directory: String = {
        // This file stands four levels below the project.
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return "/\(root)/etc/jamey"
    }()

    private let validator: SchemaValidator

    init() throws {
        let text = try TextFile.read(Self.directory + "/rules.schema.json", bytesMax: 1 << 20)
        validator = SchemaValidator(root: try JSONScanner.scan(Array(text.utf8)))
    }

    private func faults(_ text: String) throws -> [String] {
        let log = SourceLog(file: "a.yaml", text: text)
        guard let document = YAMLValue(document: log) else {
            #expect(log.errors.isEmpty, "\(text)")
            return validator.faults(.null)
        }
        return validator.faults(document.json)
    }

    @Test(
        "accepts every rule file of the project",
        arguments: ["rules.d", "rules.d.examples", "rules.d.examples/pump-rig"])
    func files(directory: String) throws {
        let files = try TextDirectory.read(
            Self.directory + "/" + directory, suffixes: RuleFile.suffixes, filesMax: 100,
            bytesMax: 1 << 20)
        let rules = try RuleFile.all(files)
        #expect(rules.count >= (directory.hasSuffix("pump-rig") ? 1 : 2))
        for file in rules { #expect(try faults(file.text) == [], "\(file.name)") }
        // A file of tests is another kind of file.
        for file in files where RuleFile.isTest(file.name) {
            #expect(try !faults(file.text.get()).isEmpty, "\(file.name)")
        }
    }

    private static let routes = """
        routes:
          - { name: heard, topic: "t/{device}" }
          - { name: judged, guard: { propose: "p/{device}", approved: a, denied: d } }

        """

    private static func rule(_ text: String) -> String {
        routes + "rules: [{ \(text) }]\n"
    }

    private static func action(_ text: String) -> String {
        rule("name: a, on: heard, when: 'true', actions: [{ \(text) }]")
    }

    private static func route(_ text: String) -> String { "routes: [{ \(text) }]\n" }

    private static let accepted = [
        "", "rules:\n", "routes: []\nrules: []\n",
        rule("name: a, on: heard, when: 'true'"), rule("name: a, on: heard, when: true"),
        rule("name: 7, on: [heard], absent: 60s, cooldown: 1h30m"),
        rule("name: a, on: heard, when: payload > 1, for: 500ms, keep_firing_for: 2w"),
        rule("name: a, stance: oppose, weight: 0.5, when: 'true', strength: 0.5"),
        rule("name: a, stance: veto, when: 'true', strength: payload.x, on_error: ignore"),
        rule("name: a, topic: 'x/{y}', when: 'true', message: hot, mode: shadow"),
        rule("name: a, on: heard, when: 'true', variables: [{ name: x, expression: 1 }]"),
        action("publish: { topic: t, payload: '1', qos: 0, retain: true }"),
        action("remember: { layer: long-term, content: '1', tags: [a, b] }"),
        action("feel: { emotion: joy }"), route("name: a, topic: t, record: every 10s"),
        route("name: a, guard: { propose: p, approved: a, denied: d }, threshold: -1"),
        route("name: evaluate, default: deny, threshold: 0.5"),
        action("feel: { emotion: joy, weight: 0.5 }"), "soul:\n", "soul: {}",
        "soul: { half_life: 30d, auto_record: false }",
        "soul: { auto_record: true, verdict: { approved: none, denied: sadness } }",
        "soul: { auto_record: true, alert: { info: joy, warning: none, critical: anger } }",
        route("name: a, topic: t, rollups: false"), route("name: a, topic: t, rollups: true"),
    ]

    /// What the form of a file shows; the meaning is for the parser alone.
    private static let refused = [
        "rule: []", "rules: {}", rule("on: heard, when: 'true'"), rule("name: a, on: heard"),
        rule("name: '', on: heard, when: 'true'"), rule("name: a/b, on: heard, when: 'true'"),
        rule("name: a, on: [], when: 'true'"), rule("name: a, on: {}, when: 'true'"),
        rule("name: a, on: heard, topic: t, when: 'true'"),
        rule("name: a, on: heard, when: ['true']"), rule("name: a, on: heard, wen: 'true'"),
        rule("name: a, on: heard, when: 'true', weight: 101"),
        rule("name: a, on: heard, when: 'true', weight: '1'"),
        rule("name: a, stance: suport, when: 'true'"),
        rule("name: a, stance: veto, when: 'true', strength: 1.5"),
        rule("name: a, on: heard, when: 'true', severity: fatal"),
        rule("name: a, on: heard, when: 'true', mode: on"),
        rule("name: a, on: heard, when: 'true', on_error: allow"),
        rule("name: a, on: heard, when: 'true', description: ''"),
        rule("name: a, on: heard, when: 'true', message: a, messageExpression: '1'"),
        rule("name: a, on: heard, when: 'true', for: 30"),
        rule("name: a, on: heard, when: 'true', for: soon"),
        rule("name: a, on: heard, when: 'true', for: 1s1m"),
        rule("name: a, on: heard, absent: 1m, for: 1m"),
        rule("name: a, on: heard, absent: 1m, keep_firing_for: 1m"),
        rule("name: a, on: heard, when: 'true', variables: [{ name: 1a, expression: '1' }]"),
        rule("name: a, on: heard, when: 'true', variables: [{ name: a }]"),
        action(""), action("publsh: {}"), action("publish: { topic: t }"),
        action("publish: { payload: '1' }"), action("publish: { topic: t, payload: '1', qos: 2 }"),
        action("publish: { topic: t, payload: '1', retain: 'yes' }"),
        action("remember: { layer: working, content: '1' }"),
        action("remember: { layer: episodic }"),
        action("remember: { layer: episodic, content: '1', tags: [''] }"),
        action("feel: { emotion: angry }"), action("feel: { emotion: joy }, publish: {}"),
        route("topic: t"), route("name: a"), route("name: a, topic: t, guard: {}"),
        route("name: a, topic: t, threshold: 0"), route("name: a, topic: t, record: sometimes"),
        route("name: a, guard: { propose: p, approved: a }"),
        route("name: a, guard: { propose: p, approved: a, denied: d }, threshold: 2"),
        route("name: a, guard: { propose: p, approved: a, denied: d }, default: maybe"),
        route("name: evaluate, topic: t"), route("name: a, topic: t, rollups: 1m"),
        route("name: a, guard: { propose: p, approved: a, denied: d }, rollups: true"),
        route("name: evaluate, rollups: true"),
        action("feel: { emotion: joy, weight: 0 }"), action("feel: { weight: 1 }"), "soul: []",
        "soul: { halflife: 7d }", "soul: { half_life: 7 }", "soul: { auto_record: 'yes' }",
        "soul: { verdict: { approved: joy } }", "soul: { alert: { info: joy } }",
        "soul: { auto_record: true, verdict: { refused: joy } }",
        "soul: { auto_record: true, alert: { info: happy } }",
    ]

    @Test("accepts what the parser accepts", arguments: accepted)
    func accepts(text: String) throws {
        #expect(complaints(text) == [])
        #expect(try faults(text) == [])
    }

    @Test("refuses what the parser refuses for its form", arguments: refused)
    func refuses(text: String) throws {
        #expect(!complaints(text).isEmpty)
        #expect(try !faults(text).isEmpty)
    }

    @Test("knows every key that the parser knows, with the same choices")
    func keys() throws {
        // A key that the schema did not know would be refused above as unknown; the parser names
        // its own keys only where one is near.
        let rule = try #require(validator.root["$defs"]?["rule"]?["properties"]?.object)
        for name in rule.members.map(\.name) {
            let text = Self.rule("\(name): {}")
            #expect(!complaints(text).contains { $0.contains("unknown key") }, "\(name)")
        }
        #expect(rule.members.count == 19)
    }
}
