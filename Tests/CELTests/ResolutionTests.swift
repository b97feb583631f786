import CEL
import Core
import Testing

struct ResolutionTests {
    private let environment = Environment(variables: ["payload", "topic", "a.b", "a.b.c"])

    @Test(
        "unknown names and functions are found at parse, with what was probably meant",
        arguments: [
            ("payLoad.x > 1", "unknown name 'payLoad'", "did you mean 'payload'?", 1),
            ("topik == ''", "unknown name 'topik'", "did you mean 'topic'?", 1),
            ("true && sise(topic) > 1", "unknown function 'sise'", "did you mean 'size'?", 9),
            (
                "topic.startswith('a')", "unknown function 'startswith'",
                "did you mean 'startsWith'?", 7
            ),
            (
                "text.overlapp(topic, '')", "unknown function 'text.overlapp'",
                "did you mean 'text.overlap'?", 6
            ),
            ("topic.int()", "unknown function 'int'", "write int(…)", 7),
            ("contains(topic, 'a')", "unknown function 'contains'", "write ….contains(…)", 1),
            ("[1].exist(x, true)", "unknown function 'exist'", "did you mean 'exists'?", 5),
        ])
    func unknown(_ source: String, _ message: String, _ hint: String, _ column: Int) throws {
        let issue = try #require(issues(source, environment).first)
        #expect(issue.message == message)
        #expect(issue.hint == hint)
        #expect(issue.position == SourcePosition(line: 1, column: column))
    }

    @Test("a wrong number of arguments names the right ones")
    func argumentCount() {
        #expect(
            issues("size()", environment).map(\.description)
                == ["1:1: 'size' takes 1 arguments, not 0"])
        #expect(
            issues("topic.getHours(1, 2)", environment).first?.message
                == "'getHours' takes 0 or 1 arguments, not 2")
        #expect(
            issues("text.overlap(topic)", environment).first?.kind == .badArguments)
    }

    @Test("all faults are told, in the order of the text")
    func several() {
        let found = issues("foo + bar(baz) +\n qux", environment)
        #expect(
            found.map(\.position.description) == ["1:1", "1:7", "1:11", "2:2"]
                || found.map(\.position.description).sorted() == ["1:1", "1:11", "1:7", "2:2"])
        let error = ParseErrorText(source: "foo + bar(1)")
        #expect(error.text == "1:1: unknown name 'foo'\n1:7: unknown function 'bar'")
    }

    private struct ParseErrorText {
        var text = ""

        init(source: String) {
            do { _ = try Expression(source) } catch { text = error.description }
        }
    }

    @Test(
        "macros of the wrong form are refused",
        arguments: [
            "[1].all(x.y, true)", "has(payload)", "has(1, 2)", "has(payload['x'])",
            "[1].all(.x, true)",
        ])
    func macroForms(_ source: String) {
        #expect(issues(source, environment).first?.kind == .badArguments)
    }

    @Test("a constant pattern that is no regular expression is found at parse")
    func badPattern() throws {
        let issue = try #require(issues("topic.matches('a(b')", environment).first)
        #expect(issue.kind == .badConstant)
        #expect(issue.description.contains("1:15: invalid regular expression"))
        #expect(issues("matches(topic, '[')", environment).first?.kind == .badConstant)
    }

    @Test("the longest declared part of a dotted name is the variable")
    func longestName() throws {
        let expression = try Expression("a.b.c.d", environment: environment)
        #expect(expression.slots == [3])
        let other = try Expression("a.b.x", environment: environment)
        #expect(other.slots == [2])
        #expect(try Expression("topic + topic", environment: environment).slots == [1])
    }

    @Test("a leading dot goes past containers and comprehension variables")
    func rooted() throws {
        let environment = Environment(variables: ["x", "p.q.x", "p.x"], container: "p.q")
        let activation = DictionaryActivation([
            "x": .int(1), "p.q.x": .int(3), "p.x": .int(2),
        ])
        let cases: [(String, Value)] = [
            ("x", .int(3)), (".x", .int(1)), ("[9].map(x, x)", .list([.int(9)])),
            ("[9].map(x, .x)", .list([.int(1)])), (".size('ab')", .int(2)),
        ]
        for (source, value) in cases {
            let expression = try Expression(source, environment: environment)
            #expect(try expression.evaluate(activation) == value)
        }
    }

    @Test("functions of a namespace are found from a container")
    func containerFunctions() throws {
        let environment = Environment(container: "text")
        #expect(
            try Expression("overlap('a', 'a')", environment: environment)
                .evaluate(EmptyActivation()) == .double(1))
    }

    @Test("a comprehension's variable hides a namespace")
    func shadowedNamespace() {
        #expect(!issues("['a'].map(text, text.overlap('a', 'b'))").isEmpty)
    }

    @Test("an unchecked environment fails only where it comes to the unknown")
    func unchecked() throws {
        let environment = Environment(isChecked: false)
        let expression = try Expression("f(1) || x || x.g() || true", environment: environment)
        #expect(try expression.evaluate(EmptyActivation()) == .bool(true))
        let failing = try Expression("1 + nope", environment: environment)
        #expect {
            try failing.evaluate(EmptyActivation())
        } throws: { error in
            (error as? EvaluationError)?.description == "1:5: undeclared reference to 'nope'"
        }
    }

    @Test("types are values by their names")
    func types() throws {
        #expect(try evaluate("type(1) == int && type(int) == type") == .bool(true))
        #expect(try evaluate("google.protobuf.Duration") == .type(.duration))
    }

    @Test("an expression with a thousand faults tells the first of them")
    func manyFaults() {
        let source = (0..<1_000).map { "x\($0)" }.joined(separator: "||")
        #expect(issues(source).count == Limits.expressionFaultsMax)
    }
}
