import Core

/// The path of a route, `"/decisions/\(id)/why"`.
///
/// What is put in is one segment each and percent-encoded: a name with a slash stays one name.
struct DaemonPath: ExpressibleByStringInterpolation, Equatable, Sendable {
    let text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ segment: String) {
            text += PercentEncoding.encode(segment)
        }

        mutating func appendInterpolation(_ number: Int64) { text += "\(number)" }
    }
}
