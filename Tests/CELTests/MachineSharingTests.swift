import CEL
import Core
import Testing

/// What programs leave behind for each other on one machine.
@Suite("Programs that meet on one machine")
struct MachineSharingTests {
    private static let environment = Environment(
        variables: ["topic", "payload", "own", "other"])

    /// Answers with what stands here; a slot may be a program that runs inside.
    private final class SlotInputs: Inputs {
        var values: [Value?] = [nil, nil, nil, nil]
        var failure: EvaluationError.Reason?
        var nested: (machine: Machine, program: Program)?

        override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
            if let failure { throw failure }
            guard slot == 2, let nested else { return values[slot] }
            do throws(EvaluationError) {
                return try nested.machine.evaluate(nested.program, self)
            } catch {
                throw error.reason
            }
        }
    }

    private static func expression(_ source: String) throws -> Expression {
        try Expression(source, environment: environment)
    }

    @Test("a variable that runs a program of another table leaves the fields of the outer one")
    func nestedTables() throws {
        let inner = Program(try Self.expression("payload.c"))
        let outer = Program(try Self.expression("payload.a + own + payload.a + payload.b"))
        let document = try JSONDocument(Array(#"{"a":1,"b":10,"c":100}"#.utf8))
        let machine = Machine()
        let inputs = SlotInputs()
        inputs.nested = (machine, inner)
        machine.beginMessage()
        let values = try machine.reading(document, asSlot: 1) {
            try [outer, inner, outer, inner].map { try machine.evaluate($0, inputs) }
        }
        #expect(values == [112, 100, 112, 100].map { .number(.int($0)) })
    }

    @Test("what is a rule's in one table and the message's in another is not taken for the same")
    func ruleSlots() throws {
        let paths = PathTable(ruleSlot: 2)
        let own = Program(try Self.expression("own"), sharing: paths)
        let other = Program(try Self.expression("other"), sharing: paths)
        let asMessage = Program(try Self.expression("own"))
        let machine = Machine()
        let inputs = SlotInputs()
        let texts = ["a", "b"].map { Value.string(String(repeating: $0, count: 100)) }
        inputs.values = [nil, nil, texts[0], texts[1]]
        machine.beginMessage()
        #expect(try machine.evaluate(own, inputs) == texts[0])
        #expect(try machine.evaluate(asMessage, inputs) == texts[0])
        machine.beginRule()
        #expect(try machine.evaluate(other, inputs) == texts[1])
        #expect(try machine.evaluate(asMessage, inputs) == texts[0])
    }

    @Test("a missing field is told by a program although the one that missed it first is gone")
    func releasedProgram() throws {
        let paths = PathTable()
        let field = "temperature_of_the_bearing"
        var first: Program? = Program(
            try Self.expression("payload.\(field) > 1"), sharing: paths)
        let second = Program(try Self.expression("1 < payload.\(field)"), sharing: paths)
        let machine = Machine()
        let inputs = SlotInputs()
        inputs.values[1] = .object(JSONObject())
        machine.beginMessage()
        if let program = first { #expect(machine.truth(of: program, inputs) == .failed) }
        first = nil
        // These lie where the first one was.
        var later: [Program] = []
        for name in ["pressure_in_the_first_pipe", "velocity_of_the_third_belt"] {
            later.append(Program(try Self.expression("payload.\(name) > 1")))
        }
        let error = #expect(throws: EvaluationError.self) {
            try machine.evaluate(second, inputs)
        }
        #expect(error?.reason == .noKey(field))
        #expect(later.count == 2)
    }

    @Test("a variable that runs out of fuel fails where it stands, and is not absorbed")
    func outOfFuelInside() throws {
        for source in ["topic == 'a' || 1 + own.x > 2", "[1].exists(i, own > i)", "true && own"] {
            let expression = try Self.expression(source)
            let inputs = SlotInputs()
            inputs.failure = .outOfFuel
            struct Failing: Activation {
                func value(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
                    throw .outOfFuel
                }
            }
            let machine = Machine()
            machine.beginMessage()
            let program = Program(expression)
            for _ in 1...2 {
                let error = #expect(throws: EvaluationError.self) {
                    try machine.evaluate(program, inputs)
                }
                let expected = #expect(throws: EvaluationError.self) {
                    try expression.evaluate(Failing())
                }
                #expect(error == expected)
            }
        }
    }

    @Test("a second document of a message is not taken for the first")
    func secondDocument() throws {
        let program = Program(try Self.expression("{'v': payload.v}"))
        let machine = Machine()
        machine.beginMessage()
        let values = try [1, 2].map { number in
            let document = try JSONDocument(Array("{\"v\":[\(number)]}".utf8))
            return try machine.reading(document, asSlot: 1) {
                try machine.evaluate(program, SlotInputs())
            }
        }
        #expect(values[0] != values[1])
    }

    @Test(
        "a part of an expression is its own: a name that is bound around it is made for it",
        arguments: [
            "cel.bind(t, payload.temp, t > 80)", "cel.bind(p, payload, p.temp > 80)",
            "cel.bind(p, payload, cel.bind(t, p.temp, t > 80))",
        ])
    func observedBindings(_ source: String) throws {
        let whole = try Self.expression(source)
        let observed = try #require(whole.observed)
        let filling = Program(
            try Self.expression("[payload.temp].map(x, cel.bind(y, [x, x], y)).size()"))
        let document = try JSONDocument(Array(#"{"temp":81}"#.utf8))
        let machine = Machine()
        let inputs = SlotInputs()
        machine.beginMessage()
        let programs = [filling, Program(whole), filling, Program(observed)]
        let values = try machine.reading(document, asSlot: 1) {
            try programs.map { try machine.evaluate($0, inputs) }
        }
        #expect(values.last == .number(.int(81)))
    }
}
