import Testing

@testable import Mind

@Suite("What differs between two rule sets")
struct RuleSetChangesTests {
    private func file(_ text: String, _ name: String = "a.yaml") -> RuleFile {
        RuleFile(name: name, text: text)
    }

    private static let base = """
        routes:
          - { name: all, topic: "t/{device}", record: all }
        rules:
          - name: hot
            on: all
            when: payload.temp > 80
          - { name: cold, on: all, when: payload.temp < 0 }
        """

    @Test("rules and routes are compared by name, whatever file they stand in")
    func names() throws {
        let old = [file(Self.base)]
        let new = [
            file(
                """
                rules:
                  - { name: cold, on: all, when: payload.temp < 5 }
                  - { name: wet, on: all, when: payload.wet }
                soul: { half_life: 1d }
                """),
            file(
                """
                # Another file.
                routes:
                  - record: all
                    name: all
                    topic: 't/{device}'
                  - { name: more, topic: "u/{device}" }
                """, "b.yaml"),
        ]
        let changes = try #require(RuleSetChanges(from: old, to: new))
        #expect(changes.rules.added == ["wet"])
        #expect(changes.rules.removed == ["hot"])
        #expect(changes.rules.changed == ["cold"])
        #expect(changes.routes.added == ["more"] && changes.routes.changed.isEmpty)
        #expect(changes.sections == ["soul"])
        let back = try #require(RuleSetChanges(from: new, to: old))
        #expect(back.rules.added == ["hot"] && back.rules.removed == ["wet"])
    }

    @Test("comments, order and quotes make no difference, a text for a number does")
    func shape() throws {
        let old = [file(Self.base)]
        let same = [file("# new\n" + Self.base.replacing("\"t/{device}\"", with: "'t/{device}'"))]
        #expect(try #require(RuleSetChanges(from: old, to: same)).isEmpty)
        let one = [file("rules: [{ name: a, weight: 5 }]")]
        let other = [file("rules: [{ name: a, weight: \"5\" }]")]
        #expect(try #require(RuleSetChanges(from: one, to: other)).rules.changed == ["a"])
    }

    @Test("what is no YAML cannot be compared")
    func broken() {
        #expect(RuleSetChanges(from: [file("rules: [")], to: []) == nil)
        #expect(RuleSetChanges(from: [], to: [file("- a")]) == nil)
        #expect(RuleSetChanges(from: [file("")], to: [])?.isEmpty == true)
    }
}
