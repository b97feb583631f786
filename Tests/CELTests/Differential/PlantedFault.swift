@testable import CEL
import Core

/// A mistake as an evaluator could have it, to see that the tests would find it.
enum PlantedFault: String, CaseIterable, Sendable {
    case lessAnswersAsLessOrEqual
    case rowsAreEvaluatedFromTheirEnd
    case oneOfTwoMapsForgetsItsOrder
    case boundNamesAreEvaluatedAgain
    case errorsPointToTheFirstOperand
    case equalConstantsAreOne
    case largeNumbersOfDocumentsAreDoubles
    case errorsCostOneMore
    case oneMissingOverloadIsToldWithoutItsSecondKind
    case hostIsAskedTwice

    /// The tree with the fault.
    var evaluator: Evaluator {
        Evaluator(name: rawValue) { expression in
            let root = expression.root.changed(changed)
            let changed = CEL.Expression(of: root, in: expression)
            let run = Evaluator.tree.prepare(changed)
            return { scene, fuel in
                // The changed tree has its places in the whole text, in parentheses or not.
                outcome(run(self.scene(scene), fuel).located(in: expression))
            }
        }
    }

    private func changed(_ node: Node) -> Node {
        switch (self, node.kind) {
        case (.lessAnswersAsLessOrEqual, .binary(.less, let a, let b)):
            return node.with(.binary(.lessOrEqual, a, b))
        case (.rowsAreEvaluatedFromTheirEnd, .and(let operands)):
            return node.with(.and(operands.reversed()))
        case (.oneOfTwoMapsForgetsItsOrder, .map(let entries)):
            return node.with(.map(entries.reversed()))
        case (.boundNamesAreEvaluatedAgain, .lazy(_, let value)): return value
        case (.errorsPointToTheFirstOperand, .binary):
            return Node(
                kind: node.kind, start: node.start, end: node.end, at: node.start,
                depth: node.depth)
        case (.equalConstantsAreOne, .constant(.double(let value))) where value == 0:
            return node.with(.constant(.double(0)))
        case (.hostIsAskedTwice, .hostCall(let call, let arguments)):
            let asked = node.with(.hostCall(call, arguments))
            return node.with(
                .conditional(node.with(.binary(.equal, asked, asked)), asked, asked))
        case (.lessAnswersAsLessOrEqual, _), (.rowsAreEvaluatedFromTheirEnd, _),
            (.oneOfTwoMapsForgetsItsOrder, _), (.boundNamesAreEvaluatedAgain, _),
            (.errorsPointToTheFirstOperand, _), (.equalConstantsAreOne, _),
            (.largeNumbersOfDocumentsAreDoubles, _), (.errorsCostOneMore, _),
            (.oneMissingOverloadIsToldWithoutItsSecondKind, _), (.hostIsAskedTwice, _):
            return node
        }
    }

    private func scene(_ scene: Scene) -> Scene {
        guard self == .largeNumbersOfDocumentsAreDoubles, let document = scene.document else {
            return scene
        }
        return scene.with(payload: Value(document.value.rounded))
    }

    private func outcome(_ outcome: Outcome) -> Outcome {
        switch (self, outcome.ending) {
        case (.errorsCostOneMore, .failure):
            return Outcome(
                ending: outcome.ending, cost: outcome.cost + 1, calls: outcome.calls)
        case (.oneMissingOverloadIsToldWithoutItsSecondKind, .failure(var error)):
            guard case .noOverload(let name, let kind, _?) = error.reason else { return outcome }
            let position = error.position
            error = EvaluationError(.noOverload(name, kind, nil), offset: error.offset)
            error.position = position
            return Outcome(ending: .failure(error), cost: outcome.cost, calls: outcome.calls)
        case (_, .success), (_, .failure): return outcome
        }
    }
}

extension Outcome {
    fileprivate func located(in expression: CEL.Expression) -> Outcome {
        Outcome(ending: ending.mapError(expression.located), cost: cost, calls: calls)
    }
}

extension JSONValue {
    /// As a reader would have it that takes every number for a double.
    fileprivate var rounded: JSONValue {
        switch self {
        case .number(let number): .number(.init(number.double))
        case .array(let elements): .array(elements.map(\.rounded))
        case .object(let object):
            .object(
                JSONObject(object.members.map { .init(name: $0.name, value: $0.value.rounded) }))
        case .null, .bool, .string: self
        }
    }
}
