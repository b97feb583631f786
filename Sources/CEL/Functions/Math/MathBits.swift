import Core

/// Functions of the bits of ints and uints.
///
/// An integral JSON number is an int, beside a uint it is one where it is not negative.
enum MathBits {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        binary("math.bitAnd") { $0 & $1 },
        binary("math.bitOr") { $0 | $1 },
        binary("math.bitXor") { $0 ^ $1 },
        .unary(
            "math.bitNot", [ValueType.int, .uint].map { Signature($0, gives: $0) }
        ) { value, _ throws(Failure) in
            guard let bits = Bits(value) else {
                throw .noOverload("math.bitNot", value.kind, nil)
            }
            return bits.with(~bits.pattern)
        },
        shift("math.bitShiftLeft") { $0 << $1 },
        // Ints as well are filled with zeros from above.
        shift("math.bitShiftRight") { $0 >> $1 },
    ]

    /// An integer's 64 bits, and what they are read as.
    private struct Bits {
        var pattern: UInt64
        var isSigned: Bool

        init?(_ value: Value) {
            if case .uint(let number) = value {
                pattern = number
                isSigned = false
            } else {
                guard let number = value.integer else { return nil }
                pattern = UInt64(bitPattern: number)
                isSigned = true
            }
        }

        func with(_ pattern: UInt64) -> Value {
            isSigned ? .int(Int64(bitPattern: pattern)) : .uint(pattern)
        }
    }

    private static func binary(
        _ name: String, _ operation: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> Function {
        .binary(
            name, [ValueType.int, .uint].map { Signature($0, $0, gives: $0) }
        ) { a, b, _ throws(Failure) in
            guard var left = Bits(a), var right = Bits(b) else {
                throw .noOverload(name, a.kind, b.kind)
            }
            if left.isSigned != right.isSigned {
                // Only a JSON number gives way to the kind of the other side.
                let (number, value) = left.isSigned ? (left, a) : (right, b)
                guard value.isJSONNumber, Int64(bitPattern: number.pattern) >= 0 else {
                    throw .noOverload(name, a.kind, b.kind)
                }
                left.isSigned = false
                right.isSigned = false
            }
            return left.with(operation(left.pattern, right.pattern))
        }
    }

    private static func shift(
        _ name: String, _ operation: @escaping @Sendable (UInt64, Int64) -> UInt64
    ) -> Function {
        .binary(
            name, [ValueType.int, .uint].map { Signature($0, .int, gives: $0) }
        ) { value, count, _ throws(Failure) in
            guard let bits = Bits(value), let places = count.integer else {
                throw .noOverload(name, value.kind, count.kind)
            }
            guard places >= 0 else {
                throw .invalidArgument("\(name)() negative offset: \(places)")
            }
            // By 64 places or more nothing is left.
            return bits.with(operation(bits.pattern, places))
        }
    }
}
