import Core
import Testing

@testable import Mind

@Suite("Guards that would hear themselves")
struct LoadingGuardLoopsTests {
    @Test(
        "a template can match a pattern",
        arguments: [
            ("cmd/{device}/{verb}", "cmd/{a}/{b}", true),
            ("cmd/{device}/{verb}", "cmd/{a}/proposed", true),
            ("cmd/{device}/{verb}", "cmd/{a}/{b}/proposed", false),
            ("cmd/{device}/do", "cmd/{a}/proposed", false),
            ("cmd/x", "cmd/#", true),
            ("cmd", "cmd/#", true),
            ("cmd", "cmd/{rest...}", true),
            ("other/x", "cmd/#", false),
            ("cmd/{rest...}", "cmd/{a}/{b}/proposed", true),
            ("cmd/{rest...}/done", "cmd/{a}/{b}/proposed", false),
            ("cmd/{rest...}/done", "cmd/{a}/{b}/done", true),
            ("press-{n}/go", "press-{m}/go", false),
            ("press-{n}/go", "press-7/go", true),
            ("press-{n}-x/go", "press-x/go", false),
            ("press-{n}/go", "pump-7/go", false),
            ("a/b/c", "a/+/c", true),
            ("a/b", "a/b/c", false),
            ("a/b/c", "a/b", false),
        ])
    func canMatch(template: String, pattern: String, expected: Bool) throws {
        // `press-{m}` is no pattern: captures fill whole levels.
        guard let pattern = try? TopicPattern(pattern) else { return }
        #expect(try GuardLoops.canMatch(TopicTemplate(template), pattern) == expected)
    }

    @Test("a guard whose approved topic is its own proposal is refused")
    func own() {
        let found = complaints(
            """
            routes:
              - name: g
                guard: { propose: "cmd/{d}", approved: "cmd/{d}", denied: "no/{d}" }
            """)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "1.yaml:3:44: error: 'approved' can match what 'g' takes as a proposal") == true,
            "\(found)")
    }

    @Test("a guard whose denied topic is another guard's proposal is refused, across files")
    func other() {
        let found = complaints(
            """
            routes:
              - name: first
                guard: { propose: "a/{d}", approved: "b/{d}", denied: "c/{d}" }
            """,
            """
            routes:
              - name: second
                guard: { propose: "c/{d}", approved: "d/{d}", denied: "e/{d}" }
            """)
        #expect(found.count == 1)
        #expect(found.first?.contains("'denied' can match what 'second' takes") == true)
    }
}
