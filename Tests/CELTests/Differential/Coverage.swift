@testable import CEL
import Core

/// What of the language was reached by evaluations, and what it came to there.
struct Coverage {
    /// Nodes that gave values.
    private var values: Set<String> = []
    /// Nodes that had an error, be it of an operand.
    private var errors: Set<String> = []
    /// Functions whose own error it was.
    private var ownErrors: Set<String> = []
    private var reasons: Set<String> = []

    /// Evaluates once more, with an eye on every node.
    mutating func observe(_ expression: CEL.Expression, _ scene: Scene, fuel: Int) {
        var scene = scene
        var evaluation = Evaluation(localCount: expression.localCount, fuel: fuel)
        evaluation.trace = []
        let nodes = Self.nodes(of: expression.root)
        if case .constant = expression.root.kind { values.insert("constant") }
        do throws(EvaluationError) {
            _ = try evaluation.evaluate(expression.root, &scene)
        } catch {
            reasons.insert(error.reason.name)
        }
        for entry in evaluation.trace ?? [] {
            guard let node = nodes[Place(start: entry.start, end: entry.end)] else { continue }
            switch entry.result {
            case .success: values.insert(node.kind.name)
            case .failure(let error):
                errors.insert(node.kind.name)
                if error.offset == node.at { ownErrors.insert(node.kind.name) }
            }
        }
    }

    private struct Place: Hashable {
        let start: Int32
        let end: Int32
    }

    private static func nodes(of root: Node) -> [Place: Node] {
        var found: [Place: Node] = [:]
        var waiting = [root]
        while let node = waiting.popLast() {
            found[Place(start: node.start, end: node.end)] = node
            waiting += node.within
        }
        return found
    }

    /// What has not been reached, each with the way in which not.
    var missing: [String] {
        let functions = Scene.functions.all
        let hosts = Scene.HostFunction.allCases.map { "host \($0.function.name)" }
        let standard = functions.filter {
            if case .host = $0.body { return false }
            return true
        }
        let names = Node.Kind.names + hosts + standard.map(\.form)
        // Neither has a value of its own making.
        let withoutError: Set<String> = ["constant", "local", "host over.count"]
        let total = Set(standard.filter { $0.argumentCount == 0 }.map(\.form))
        let withoutOwn = Set(standard.filter(\.takesAnything).map(\.form))
        return names.filter { !values.contains($0) && $0 != "host refuse" }
            .map { "no value of \($0)" }
            + names.filter {
                !errors.contains($0) && !withoutError.contains($0) && !total.contains($0)
            }.map { "no error in \($0)" }
            + standard.map(\.form).filter {
                !ownErrors.contains($0) && !withoutOwn.contains($0)
            }.map { "no error of \($0)" }
            + (errors.contains("failure") ? [] : ["nothing unknown"])
            + EvaluationError.Reason.names.filter { !reasons.contains($0) }
            .map { "no error \($0)" }
    }
}
