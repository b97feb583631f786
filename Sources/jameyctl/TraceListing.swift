import CEL
import Core

/// What every part of an expression came to, for a person or as JSON.
struct TraceListing {
    /// In the order in which they came to their value.
    let steps: [Trace.Step]

    /// Characters of a part, and of a value; of longer ones the beginning.
    private static let textWidth = 48
    private static let valueWidth = 96

    /// One line for each: its place, its text, its value and type, or why it has none.
    var lines: [String] {
        let places = steps.map(\.position.description)
        let texts = steps.map { Self.oneLine($0.text).fitted(to: Self.textWidth) }
        let placeWidth = places.map(\.count).max() ?? 0
        let textWidth = texts.map(\.terminalColumns).max() ?? 0
        var lines = steps.indices.map { index in
            places[index].padded(to: placeWidth) + "  " + texts[index].padded(to: textWidth) + "  "
                + Self.text(of: steps[index].result)
        }
        if isCut { lines.append("…") }
        return lines
    }

    func write(to json: inout JSONWriter) {
        json.array("trace") { list in
            for step in steps {
                list.object {
                    $0.member("line", step.position.line)
                    $0.member("column", step.position.column)
                    $0.member("text", step.text)
                    switch step.result {
                    case .success(let value):
                        Self.write(value, to: &$0)
                    case .failure(let error): $0.member("error", error.message)
                    }
                }
            }
        }
        json.member("trace_cut", isCut)
    }

    /// A large value has its type only: it may come many times.
    private static func write(_ value: Value, to json: inout JSONWriter) {
        if Abridgement(value, to: Limits.ruleMessageBytesMax).isWhole {
            json.member("value", value.json ?? .string(value.literal))
        }
        json.member("type", value.kind.typeName)
    }

    /// Whether further steps were left out.
    private var isCut: Bool { steps.count >= Limits.traceStepsMax }

    private static func text(of result: Result<Value, EvaluationError>) -> String {
        switch result {
        case .success(let value):
            Abridgement(value, to: valueWidth).value.literal.fitted(to: valueWidth)
                + " : \(value.kind.typeName)"
        case .failure(let error): "error: \(error.message.printable.fitted(to: valueWidth))"
        }
    }

    /// With every run of white space as one blank.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
    }
}
