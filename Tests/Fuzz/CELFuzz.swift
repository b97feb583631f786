import CEL
import Core

/// A fuzz target for libFuzzer: an expression and, behind a NUL byte, a payload.
///
/// What parses is evaluated on the tree and, in every way that there is, as code; all have to come
/// to the same (Tests/CELTests/Differential, of which scripts/fuzz compiles what this needs).
/// Build with `-sanitize=fuzzer -parse-as-library`, run with `SWIFT_BACKTRACE=enable=no`, or no
/// crash file is written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let source = String(decoding: parts[0], as: UTF8.self)
    let payload = parts.count > 1 ? Array(parts[1]) : []
    guard let expression = parsed(source) else { return 0 }
    // Without a payload the scene has none; where it is no document too.
    let scene = Scene(document: try? JSONDocument(payload), variant: payload.count % 16)
    let cost = compare(expression, scene, fuel: 50_000)
    compare(expression, scene, fuel: count % (cost + 1))
    return 0
}

private let checked = Scene.environment(isChecked: true)
private let unchecked = Scene.environment(isChecked: false)

/// Without checks where these refuse it, so that an unknown name does not end it at once.
private func parsed(_ source: String) -> CEL.Expression? {
    do {
        return try CEL.Expression(source, environment: checked)
    } catch {
        precondition(error.issues.allSatisfy { $0.position.line > 0 && $0.position.column > 0 })
    }
    return try? CEL.Expression(source, environment: unchecked)
}

// Nobody else can touch it at the same time: libFuzzer calls from one thread only.
nonisolated(unsafe) private let evaluators = Evaluator.compiled()

/// What the evaluation cost.
@discardableResult
private func compare(_ expression: CEL.Expression, _ scene: Scene, fuel: Int) -> Int {
    let expected = Evaluator.tree.prepare(expression)(scene, fuel)
    for evaluator in evaluators {
        let found = evaluator.prepare(expression)(scene, fuel)
        guard let respect = found.difference(from: expected) else { continue }
        print("\(evaluator.name) differs in the \(respect)\ntree: \(expected)\ncode: \(found)")
        preconditionFailure("evaluators differ")
    }
    if case .success(let value) = expected.ending { _ = value.json }
    return expected.cost
}
