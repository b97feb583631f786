import Core
import Testing

@testable import Mind

@Suite("Operators' own tests")
struct RuleTestTests {
    private static let rules = pressRules(
        """
          - name: hot
            on: press-telemetry
            when: payload.temp > 80
            for: 30s
            actions:
              - publish: { topic: 'alarm/{device}', payload: '{"b": [1], "a": payload.temp}' }
              - remember: { layer: episodic, content: '"hot"', tags: [heat] }
              - feel: { emotion: anger }
          - { name: no, on: press-commands, stance: oppose, when: payload.rpm > 10 }

        """)

    private func read(_ text: String) throws(RuleSetErrors) -> [RuleTest] {
        try RuleTestReader.read(RuleFile(name: "a_test.yaml", text: text))
    }

    private func failures(_ steps: String) throws -> [String] {
        let set = try loadRules(Self.rules)
        let tests = try read("tests:\n  - name: t\n    steps:\n" + steps)
        return tests.flatMap { RuleTestRun.failures(of: $0, under: set) }.map {
            String($0.description.prefix { $0 != "\n" })
        }
    }

    private static let hot = """
              - { topic: plant/1/a/telemetry, payload: { temp: 90 } }
              - at: 30s
                expect:

        """

    @Test("the summary of an episode is not among what rules remember")
    func summaries() throws {
        let found = try failures(
            """
                  - { topic: plant/1/a/telemetry, payload: { temp: 90 } }
                  - at: 30s
                    expect: { memories: [{ content: hot }] }
                  - { topic: plant/1/a/telemetry, payload: { temp: 20 }, at: 31s }
                  - at: 10m
                    expect: { memories: [], alerts: [] }

            """)
        #expect(found.isEmpty)
    }

    @Test("what is as expected passes, of every kind")
    func passes() throws {
        let found = try failures(
            Self.hot + """
                          alerts: [{ rule: hot, entity: a, state: firing, value: 90.0 }]
                          messages: [{ topic: alarm/a, payload: { a: 90, b: [1] }, retain: false }]
                          memories: [{ layer: episodic, content: hot, tags: [heat] }]
                          feelings: [{ emotion: anger, entity: a }]
                          verdicts: []
                          rejections: []
                      - topic: cmd/a/go/proposed
                        payload: '{"rpm": 11}'
                        expect:
                          verdicts: [{ approved: false, by: [no], explanation: denied by no }]
                          messages: [{ topic: cmd/a/go/denied }]
                      - topic: cmd/a/go/proposed
                        payload: 'no json'
                        expect:
                          verdicts: [{ approved: false, errors: [MALFORMED_JSON] }]
                          rejections: [MALFORMED_JSON]
                """)
        #expect(found == [])
    }

    @Test(
        "what is otherwise is told at its place",
        arguments: [
            ("alerts: []", "7:19: error: alerts: 0 expected, 1 found"),
            ("alerts: [{ rule: cold }]", #"rule: expected "cold", found "hot""#),
            ("alerts: [{ state: firing }, {}]", "alerts: 2 expected, 1 found"),
            ("alerts: [{ value: 91 }]", "value: expected 91, found 90"),
            ("verdicts: [{}]", "verdicts: 1 expected, 0 found"),
            ("messages: [{ payload: { a: 90 } }]", #"payload: expected {"a":90}, found {"b""#),
            ("messages: [{ qos: 0 }]", "qos: expected 0, found 1"),
            ("memories: [{ tags: [] }]", "tags: expected [], found"),
            ("rejections: [RULE_FAILED]", "rejections: 1 expected, 0 found"),
        ])
    func fails(expected: String, failure: String) throws {
        let found = try failures(Self.hot + "          " + expected + "\n")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("a_test.yaml:7:") == true, "\(found)")
        #expect(found.first?.contains(failure) == true, "\(found)")
    }

    @Test("a step covers all that came since the one above it, timers in between too")
    func time() throws {
        let found = try failures(
            """
                  - { topic: plant/1/a/telemetry, payload: { temp: 90 }, times: 3, every: 5s }
                  - { after: 15s, expect: { alerts: [] } }
                  - { after: 10s, expect: { alerts: [{ since: "2026-01-01T00:00:30.000Z" }] } }
                  - { at: 1h, expect: { alerts: [] } }

            """)
        #expect(found == [])
    }

    @Test(
        "what a file of tests cannot say is told at its place",
        arguments: [
            ("test: []", "1:1: error: unknown key 'test' (did you mean 'tests'?)"),
            ("tests: [{ steps: [] }]", "missing key 'name'"),
            ("tests: [{ name: a }]", "missing key 'steps'"),
            ("tests: [{ name: a, steps: [] }, { name: a, steps: [] }]", "a second test is named"),
            ("tests: [{ name: a, start: now, steps: [] }]", "'start': a time is written like"),
            ("tests: [{ name: a, steps: [{ at: 1s }, { at: 0s }] }]", "is before the step above"),
            ("tests: [{ name: a, steps: [{ at: 1s, after: 1s }] }]", "one of 'at' and 'after'"),
            ("tests: [{ name: a, steps: [{ payload: 1 }] }]", "'payload' needs a 'topic'"),
            ("tests: [{ name: a, steps: [{ topic: a, times: 2 }] }]", "'times' needs 'every'"),
            ("tests: [{ name: a, steps: [{ expect: { alert: [] } }] }]", "unknown key 'alert'"),
            (
                "tests: [{ name: a, steps: [{ expect: { alerts: [{ nam: 1 }] } }] }]",
                "unknown key 'nam'"
            ),
        ])
    func malformed(text: String, expected: String) {
        do throws(RuleSetErrors) {
            _ = try read(text)
            Issue.record("it was accepted")
        } catch {
            #expect(error.description.contains(expected), "\(error)")
        }
    }

    @Test("a file of tests beside the rules is none of the rules")
    func beside() {
        let names = ["a_test.yaml", "a_test.yml", "test.yaml", "a_test.yaml.yaml", "atest.yml"]
        #expect(names.map(RuleFile.isTest) == [true, true, false, false, false])
    }
}

@Suite("The example library")
struct ExampleLibraryTests {
    private static let files: [TextDirectory.File] = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = "/\(root)/etc/jamey/rules.d.examples"
        let found = try? TextDirectory.read(
            path, suffixes: RuleFile.suffixes, filesMax: 100, bytesMax: 1 << 20)
        return found ?? []
    }()

    static let names = files.map(\.name).filter { !RuleFile.isTest($0) }

    private func file(_ name: String) throws -> RuleFile {
        let file = try #require(Self.files.first { $0.name == name }, "\(name)")
        return RuleFile(name: name, text: try file.text.get())
    }

    @Test("is there, and loads as one set")
    func load() throws {
        #expect(Self.names.count == 7)
        let set = try RuleSetLoader.load(try RuleFile.all(Self.files))
        #expect(set.rules.count > 12)
    }

    @Test("does what its tests say, each file alone and with the others", arguments: names)
    func examples(name: String) throws {
        let test = name.replacing(".yaml", with: "_test.yaml")
        let tests = try RuleTestReader.read(try file(test))
        #expect(tests.count >= 2)
        for set in [
            try RuleSetLoader.load([try file(name)]),
            try RuleSetLoader.load(try RuleFile.all(Self.files)),
        ] {
            for test in tests {
                let failures = RuleTestRun.failures(of: test, under: set)
                #expect(failures.isEmpty, "\(test.name): \(failures.map(\.description))")
            }
        }
    }
}
