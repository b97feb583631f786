import CEL
import Core
import Testing

struct FunctionTests {
    @Test(
        "strings are code points, never normalized",
        arguments: [
            ("size('é😀')", .int(2)), ("'e\\u0301'.size()", .int(2)), ("size(b'é')", .int(2)),
            ("size([1, 2])", .int(2)),
            ("'abc'.contains('b')", .bool(true)), ("'abc'.contains('')", .bool(true)),
            ("''.contains('a')", .bool(false)),
            ("'aab'.contains('ab')", .bool(true)), ("'ababac'.contains('abac')", .bool(true)),
            ("'abab'.contains('abac')", .bool(false)),
            ("'a\\u0000b'.contains('\\u0000b')", .bool(true)),
            ("'e\\u0301'.contains('e')", .bool(true)),
            ("'abc'.startsWith('ab')", .bool(true)), ("'abc'.startsWith('abcd')", .bool(false)),
            ("'abc'.endsWith('bc')", .bool(true)),
            ("'abc'.endsWith('')", .bool(true)), ("'abc'.endsWith('ab')", .bool(false)),
        ] as [(String, Value)])
    func strings(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "string functions refuse other kinds",
        arguments: [
            "size(1)", "'a'.contains(dyn(1))", "dyn(1).startsWith('a')", "b'a'.endsWith('a')",
        ])
    func refused(_ source: String) throws {
        #expect(try failure(source) != nil)
    }

    @Test(
        "text.overlap is the share of the second text's words in the first",
        arguments: [
            ("Do HARM to people!", "harm hurt kill", 1.0 / 3), ("harmless", "harm", 0),
            ("", "a", 0), ("a", "", 0), ("a", " ,.", 0),
            ("a b c", "a b", 1), ("Größe ÉTÉ", "größe, été", 1), ("press-7 on", "press 7", 1),
            ("a", "a a b", 0.5),
        ])
    func overlap(_ text: String, _ words: String, _ expected: Double) throws {
        let value = try evaluate("text.overlap(a, b)", ["a": .string(text), "b": .string(words)])
        #expect(value == .double(expected))
    }

    @Test("text.overlap takes strings only")
    func overlapKinds() throws {
        #expect(
            try failure("text.overlap('a', dyn(1))")?.message
                == "no such overload: text.overlap for string and int")
    }

    /// An activation whose functions have state.
    private struct Counting: Activation {
        var calls: [HostCall] = []

        mutating func value(slot: Int, name: String) -> Value? { slot == 1 ? .int(7) : nil }

        mutating func call(
            _ call: HostCall, arguments: [Value]
        ) throws(EvaluationError.Reason) -> Value {
            calls.append(call)
            guard case .int(let value)? = arguments.first else { throw .invalidArgument("an int") }
            return .int(value + Int64(calls.count))
        }
    }

    private func hostEnvironment() -> Environment {
        var functions = FunctionTable.standard
        functions.register(
            Function("over.avg", argumentCount: 2, body: .host(4)) { constants in
                constants[1] == .string("5m") ? nil : "a window must be a constant"
            })
        functions.register(Function("changed", argumentCount: 1, body: .host(5)))
        functions.register(
            Function("three", argumentCount: 3, body: .variadic { values, _ in .list(values) }))
        functions.register(Function("none", argumentCount: 0, body: .variadic { _, _ in .null }))
        return Environment(variables: ["none", "x"], functions: functions)
    }

    @Test("functions of the host keep their state in the activation, by their place")
    func host() throws {
        let expression = try Expression(
            "over.avg(x, '5m') + changed(x) + over.avg(x, '5m')", environment: hostEnvironment())
        #expect(expression.hostCallCount == 3)
        var activation = Counting()
        #expect(try expression.evaluate(&activation) == .int(27))
        #expect(activation.calls.map(\.site) == [0, 1, 2])
        #expect(activation.calls.map(\.function) == [4, 5, 4])
        #expect(activation.calls.map(\.name) == ["over.avg", "changed", "over.avg"])
    }

    @Test("every call of the host is found once, and whether it is in a macro's body")
    func hostCalls() throws {
        let source = """
            cel.bind(y, changed(1), y == y) || [?optional.of(changed(2))] == [changed(3)]
                || [1].map(e, changed(4), changed(5)) == [] || {'a': changed(6)}.?a.hasValue()
                || optional.of(changed(7)).optMap(e, changed(8)).or(changed(9)).hasValue()
                || -changed(10) > 1 || [1][?changed(11)] == optional.none()
            """
        let expression = try Expression(source, environment: hostEnvironment())
        let calls = expression.hostCalls
        #expect(calls.map(\.call.site) == Array(0..<11))
        #expect(calls.map(\.isInMacro).map { $0 ? 1 : 0 } == [0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0])
        #expect(calls.map { $0.arguments.map(\.literal) } == (1...11).map { [.int($0)] })
    }

    @Test("a function looks at its constants when the expression is parsed")
    func check() throws {
        let found = issues("over.avg(x, '6m')", hostEnvironment())
        #expect(found.map(\.kind) == [.badConstant])
        #expect(found.first?.message == "a window must be a constant")
    }

    @Test("registered functions of any number of arguments are called")
    func variadic() throws {
        let environment = hostEnvironment()
        #expect(
            try Expression("three(1, 2, 3)", environment: environment).evaluate(Counting())
                == .list([.int(1), .int(2), .int(3)]))
        #expect(try Expression("none()", environment: environment).evaluate(Counting()) == .null)
    }

    @Test("an activation without host functions or a value says so, with the place")
    func missing() throws {
        let environment = hostEnvironment()
        let call = try Expression("1 + changed(x)", environment: environment)
        let activation = DictionaryActivation(["x": .int(1)])
        #expect {
            try call.evaluate(activation)
        } throws: { "\($0)" == "1:5: undeclared reference to 'changed'" }
        #expect {
            try Expression("[none]", environment: environment).evaluate(Counting())
        } throws: { "\($0)" == "1:2: 'none' has no value" }
        #expect {
            try Expression("changed('a')", environment: environment).evaluate(Counting())
        } throws: { "\($0)" == "1:1: an int" }
    }

    /// An activation that cannot read a variable.
    private struct Failing: Activation {
        mutating func value(
            slot: Int, name: String
        ) throws(EvaluationError.Reason) -> Value? { throw .invalidArgument("not readable") }
    }

    @Test("an activation's own error has the place of the variable")
    func failingVariable() throws {
        let expression = try Expression(" x", environment: Environment(variables: ["x"]))
        #expect { try expression.evaluate(Failing()) } throws: { "\($0)" == "1:2: not readable" }
    }
}
