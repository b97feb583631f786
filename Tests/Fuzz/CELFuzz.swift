import Core

// scripts/fuzz compiles CEL's files and this one as one module.
#if canImport(CEL)
    import CEL
#endif

/// A fuzz target for libFuzzer: any bytes as an expression, parsed and, when it is one, evaluated.
///
/// Nothing is expected of the outcome but that there is one: a value, or an error with a place in
/// the text. Build with `-sanitize=fuzzer -parse-as-library`, run with
/// `SWIFT_BACKTRACE=enable=no`, or no crash file is written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    // Every other input without checks, so that unknown names do not end it at once.
    let environment = Environment(
        variables: Array(fuzzVariables.keys).sorted(), isChecked: count % 2 == 0)
    do {
        let expression = try Expression(
            String(decoding: bytes, as: UTF8.self), environment: environment)
        var activation = DictionaryActivation(fuzzVariables)
        let trace = expression.trace(&activation)
        if case .success(let value) = trace.result { _ = value.json }
    } catch {
        precondition(error.issues.allSatisfy { $0.position.line > 0 && $0.position.column > 0 })
    }
    return 0
}

private let fuzzVariables: [String: Value] = [
    "a": .int(7), "b": .uint(7), "c": .double(-0.5), "d": .string("dé\u{1F600}"),
    "e": .bytes([0, 255]), "f": .list([.int(1), .null, .string("x")]),
    "p": .object(
        JSONObject([
            .init(name: "t", value: .number(.int(81))),
            .init(name: "l", value: .array([.number(.double(0.5)), .object(JSONObject())])),
        ])),
]
