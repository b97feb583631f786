import CEL
import Core
import Testing

/// What a machine keeps, and for how long; that it evaluates as the tree does is shown by the
/// differential tests.
@Suite("Programs and the machine that runs them")
struct MachineTests {
    private static let environment = Environment(variables: ["topic", "payload", "own"])

    /// Counts how often it is asked.
    private final class CountingInputs: Inputs {
        var values: [Value?]
        private(set) var counts = [0, 0, 0]

        init(_ values: [Value?]) { self.values = values }

        override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
            counts[slot] += 1
            return values[slot]
        }
    }

    private static func expression(_ source: String) throws -> Expression {
        try Expression(source, environment: environment)
    }

    private static func reading(_ temperature: Int) -> Value {
        .object(JSONObject([.init(name: "temp", value: .number(.int(Int64(temperature))))]))
    }

    @Test("a variable is asked for once a message, however many programs look at it")
    func variablesOnce() throws {
        let paths = PathTable()
        let first = Program(try Self.expression("payload.temp > 80"), sharing: paths)
        let second = Program(
            try Self.expression("payload.temp < 90 && topic == 'a'"), sharing: paths)
        let inputs = CountingInputs([.string("a"), Self.reading(81), nil])
        let machine = Machine()
        machine.beginMessage()
        #expect(machine.truth(of: first, inputs) == .yes)
        #expect(machine.truth(of: second, inputs) == .yes)
        #expect(machine.truth(of: first, inputs) == .yes)
        #expect(inputs.counts == [1, 1, 0])
        inputs.values = [.string("b"), Self.reading(70), nil]
        machine.beginMessage()
        #expect(machine.truth(of: first, inputs) == .no)
        #expect(machine.truth(of: second, inputs) == .no)
        #expect(inputs.counts == [2, 2, 0])
    }

    @Test("a rule's own variable is asked for again by the next rule, a message's is not")
    func ruleVariables() throws {
        let paths = PathTable(ruleSlot: 2)
        let program = Program(try Self.expression("own.temp > payload.temp"), sharing: paths)
        let inputs = CountingInputs([nil, Self.reading(80), Self.reading(81)])
        let machine = Machine()
        machine.beginMessage()
        #expect(machine.truth(of: program, inputs) == .yes)
        inputs.values[2] = Self.reading(79)
        #expect(machine.truth(of: program, inputs) == .yes)
        machine.beginRule()
        #expect(machine.truth(of: program, inputs) == .no)
        #expect(inputs.counts == [0, 1, 2])
    }

    @Test("a variable without a value fails once and stays so for the message")
    func missingVariable() throws {
        let program = Program(try Self.expression("topic == 'a'"))
        let inputs = CountingInputs([nil, nil, nil])
        let machine = Machine()
        machine.beginMessage()
        for _ in 1...2 {
            #expect(machine.truth(of: program, inputs) == .failed)
            let error = #expect(throws: EvaluationError.self) {
                try machine.evaluate(program, inputs)
            }
            #expect(error?.reason == .noValue("topic"))
        }
        #expect(inputs.counts[0] == 1)
    }

    @Test("programs that share no table do not take each other's fields for theirs")
    func separateTables() throws {
        let programs = try ["payload.temp", "topic", "payload.rpm"].map {
            Program(try Self.expression($0))
        }
        let document = try JSONDocument(Array(#"{"rpm":1500,"temp":81}"#.utf8))
        let inputs = CountingInputs([.string("a"), nil, nil])
        let machine = Machine()
        machine.beginMessage()
        let values = try machine.reading(document, asSlot: 1) {
            try (programs + programs).map { try machine.evaluate($0, inputs) }
        }
        let once: [Value] = [.number(.int(81)), .string("a"), .number(.int(1500))]
        #expect(values == once + once)
    }

    @Test("what was read of a document is a value of its own, and unknown after the document")
    func documentEnds() throws {
        let program = Program(try Self.expression("payload.name + '!'"))
        let inputs = CountingInputs([nil, nil, nil])
        let machine = Machine()
        func name(_ text: String) throws -> Value {
            let document = try JSONDocument(Array("{\"name\":\"\(text)\"}".utf8))
            machine.beginMessage()
            return try machine.reading(document, asSlot: 1) {
                try machine.evaluate(program, inputs)
            }
        }
        let long = String(repeating: "ä", count: 10_000)
        #expect(try name(long) == .string(long + "!"))
        #expect(try name("a\\u0041") == .string("aA!"))
        #expect(machine.truth(of: program, inputs) == .failed)
        #expect(inputs.counts[1] == 1)
    }

    @Test("a variable may be an expression that runs on the same machine")
    func nestedRuns() throws {
        /// Asks for `payload` and puts lists around it.
        final class Nested: Inputs {
            let machine: Machine
            let inner: Program
            init(_ machine: Machine, _ inner: Program) {
                self.machine = machine
                self.inner = inner
            }
            override func load(
                slot: Int, name: String
            ) throws(EvaluationError.Reason) -> Value? {
                if slot == 1 { return .int(4) }
                do throws(EvaluationError) {
                    return try machine.evaluate(inner, self)
                } catch {
                    throw error.reason
                }
            }
        }
        let paths = PathTable(ruleSlot: 2)
        let inner = Program(
            try Self.expression("[1, 2, 3].map(x, x * payload).map(y, string(y) + '!')"),
            sharing: paths)
        let outer = Program(
            try Self.expression("[10, 20].map(x, [x] + [payload]).size() == 2 ? own : []"),
            sharing: paths)
        let machine = Machine()
        let inputs = Nested(machine, inner)
        machine.beginMessage()
        for _ in 1...3 {
            let value = try machine.evaluate(outer, inputs)
            #expect(value == .list([.string("4!"), .string("8!"), .string("12!")]))
        }
    }

    @Test(
        "common parts are evaluated once and paid for every time",
        arguments: [
            "[3, 1, 2].map(x, x * payload) == [3, 1, 2].map(y, y * payload)",
            "[1, 2].exists(x, x == payload) || [1, 2].exists(x, x == payload)",
            "payload.v.filter(x, x > 1).size() + payload.v.filter(x, x > 1).size()",
        ])
    func commonParts(_ source: String) throws {
        let expression = try Self.expression(source)
        let machine = Machine()
        for payload in [Value.int(1), .int(3), .object(JSONObject())] {
            var activation = DictionaryActivation(["payload": payload])
            let program = Program(expression)
            let result = Result { () throws(EvaluationError) in
                try machine.evaluate(program, &activation)
            }
            let expected = Result { () throws(EvaluationError) in
                try expression.evaluate(activation)
            }
            #expect(result == expected)
        }
    }

    @Test("a part without variables is a constant of the program")
    func folding() throws {
        let folded = Program(try Self.expression("[1, 2, 3].map(x, x * 2).size() + 4"))
        let plain = Program(try Self.expression("10"))
        #expect(folded.stepCount <= plain.stepCount + 1)
        let machine = Machine()
        let inputs = CountingInputs([nil, nil, nil])
        #expect(try machine.evaluate(folded, inputs) == .int(7))
        #expect(machine.fuelSpent > 10)
        // What fails is left to fail where it stands.
        let failing = Program(try Self.expression("1 / 0 > 0 || true"))
        #expect(try machine.evaluate(failing, inputs) == .bool(true))
    }

    @Test("fuel ends a run, and the next one has all of it again")
    func fuel() throws {
        let program = Program(
            try Self.expression("payload.all(x, payload.all(y, x + y >= 0))"))
        let numbers = Value.list((0..<100).map { .int($0) })
        let inputs = CountingInputs([nil, numbers, nil])
        let machine = Machine()
        machine.beginMessage()
        let error = #expect(throws: EvaluationError.self) {
            try machine.evaluate(program, inputs, fuel: 1_000)
        }
        #expect(error?.reason == .outOfFuel)
        #expect(machine.fuelSpent == 1_000)
        #expect(machine.truth(of: program, inputs) == .yes)
    }
}
