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
