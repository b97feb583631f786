import Core
import Testing

@testable import jameyctl

@Suite("jameyctl rules test")
struct RulesTestTests {
    private let scratch: Scratch
    private var rules: String { scratch.directory + "/rules.d" }

    init() throws {
        scratch = try Scratch()
        try scratch.write("rules.d/1.yaml", Self.rules)
    }

    private static let rules = """
        routes: [{ name: press, topic: "plant/{device}" }]
        rules:
          - { name: hot, on: press, when: payload.temp > 80.0, for: 10s }

        """

    private static func test(_ name: String, expecting state: String) -> String {
        """
        tests:
          - name: \(name)
            steps:
              - { topic: plant/a, payload: { temp: 81 } }
              - { at: 10s, expect: { alerts: [{ state: \(state) }] } }

        """
    }

    @Test("tests beside the rules and below them are played, and counted")
    func passed() throws {
        try scratch.write("rules.d/1_test.yaml", Self.test("one", expecting: "firing"))
        try scratch.write("rules.d/tests/a.yaml", Self.test("two", expecting: "firing"))
        let result = try Command.run("rules", "test", rules)
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(result.output == "2 passed, 0 failed\n")
        let verbose = try Command.run("rules", "test", "--verbose", rules)
        #expect(verbose.lines.count == 3)
        #expect(verbose.output.contains("ok   \(rules)/tests/a.yaml: two\n"))
        // The rules are good although a file of tests lies among them.
        #expect(try Command.run("rules", "check", rules).code == 0)
    }

    @Test("what is otherwise than expected is told at its place, also as JUnit XML")
    func failed() throws {
        try scratch.write("rules.d/1_test.yaml", Self.test("one <&>", expecting: "resolved"))
        try scratch.write("rules.d/2_test.yaml", Self.test("two", expecting: "firing"))
        let report = scratch.directory + "/junit.xml"
        let result = try Command.run("rules", "test", rules, "--junit", report)
        #expect(result.code == 1)
        #expect(result.lines.last == "1 passed, 1 failed")
        #expect(result.output.hasPrefix("FAIL \(rules)/1_test.yaml: one <&>\n"))
        #expect(
            result.output.contains(
                "\(rules)/1_test.yaml:5:48: error: state: expected \"resolved\", found \"firing\""))
        let xml = try TextFile.read(report, bytesMax: 1 << 20)
        let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"2\""
        #expect(xml.hasPrefix(start))
        #expect(xml.contains("failures=\"1\""))
        #expect(xml.contains("name=\"one &lt;&amp;&gt;\""))
        #expect(xml.contains("<failure message=\"state: expected &quot;resolved&quot;"))
        #expect(xml.contains("name=\"two\" file=\"\(rules)/2_test.yaml\" line=\"2\"/>"))
    }

    @Test("as JSON, every test is told with what is otherwise, and the code is the same")
    func asJSON() throws {
        try scratch.write("rules.d/1_test.yaml", Self.test("one", expecting: "resolved"))
        try scratch.write("rules.d/tests/a.yaml", Self.test("two", expecting: "firing"))
        let result = try Command.run("rules", "test", rules, "--json")
        #expect(result.code == 1 && result.errors.isEmpty && result.lines.count == 1, "\(result)")
        let json = try JSONScanner.scan(Array(result.output.utf8))
        #expect(json["ok"]?.bool == false)
        #expect(json["passed"]?.int == 1 && json["failed"]?.int == 1)
        let tests = try #require(json["tests"]?.array)
        #expect(tests.map { $0["name"]?.string } == ["one", "two"])
        #expect(tests.map { $0["passed"]?.bool } == [false, true])
        #expect(tests.first?["file"]?.string == rules + "/1_test.yaml")
        #expect(tests.last?["line"]?.int == 2 && tests.last?["failures"]?.array?.isEmpty == true)
        let failure = tests.first?["failures"]?.array?.first
        #expect(failure?["line"]?.int == 5 && failure?["column"]?.int == 48)
        #expect(
            failure?["message"]?.string == "state: expected \"resolved\", found \"firing\"")
        try scratch.write("rules.d/1_test.yaml", Self.test("one", expecting: "firing"))
        let good = try Command.run("rules", "test", rules, "--json")
        #expect(good.code == 0 && good.output.hasPrefix(#"{"ok":true,"passed":2,"failed":0,"#))
    }

    @Test("as JSON, what keeps tests from being played stands on standard output, too")
    func faultsAsJSON() throws {
        func fault(_ directory: String) throws -> (Int32, String?) {
            let result = try Command.run("rules", "test", directory, "--json")
            #expect(result.errors.isEmpty && result.lines.count == 1, "\(result)")
            let json = try JSONScanner.scan(Array(result.output.utf8))
            #expect(json["ok"]?.bool == false)
            return (result.code, json["errors"]?.array?.first?["message"]?.string)
        }
        let none = try fault(rules)
        #expect(none.0 == 66 && none.1?.hasPrefix("there are no tests") == true)
        #expect(try fault(rules + "/none").0 == 66)
        try scratch.write("rules.d/tests", "no directory")
        #expect(try fault(rules).0 == 66)
        try scratch.write("rules.d/1_test.yaml", "test: []\n")
        #expect(try Command.run("rules", "test", rules).code == 66)
        try scratch.write("rules.d/1.yaml", "rulez: []\n")
        #expect(try fault(rules).0 == 65)
    }

    @Test("malformed tests, malformed rules, no tests and no directory have their codes")
    func codes() throws {
        let none = try Command.run("rules", "test", rules)
        #expect(none.code == 66 && none.errors.contains("there are no tests"))
        try scratch.write("rules.d/1_test.yaml", "test: []\n")
        try scratch.write("rules.d/2_test.yaml", "tests: [{ nam: 1 }]\n")
        let malformed = try Command.run("rules", "test", rules)
        #expect(malformed.code == 65)
        #expect(malformed.errors.contains("1_test.yaml:1:1: error: unknown key 'test'"))
        #expect(malformed.errors.contains("2_test.yaml:1:11: error: unknown key 'nam'"))
        try scratch.write("rules.d/1.yaml", "rulez: []\n")
        #expect(try Command.run("rules", "test", rules).code == 65)
        #expect(try Command.run("rules", "test", rules + "/none").code == 66)
        try scratch.write("rules.d/1.yaml", Self.rules)
        try scratch.write("rules.d/1_test.yaml", Self.test("one", expecting: "firing"))
        try scratch.write("rules.d/2_test.yaml", "tests: []\n")
        let report = scratch.directory + "/none/junit.xml"
        #expect(try Command.run("rules", "test", rules, "--junit", report).code == 74)
    }
}
