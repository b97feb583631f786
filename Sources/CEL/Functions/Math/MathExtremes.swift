import Core

/// `greatest` and `least` of their arguments, or of the elements of one list.
///
/// Numbers of different kinds compare by value; of equal ones the first is the result.
enum MathExtremes {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        function("math.greatest") { $0 > 0 },
        function("math.least") { $0 < 0 },
    ]

    private static let signatures =
        [ValueType.int, .uint, .double].map { Signature($0, gives: $0, keepsNumbers: true) } + [
            Signature(.number, gives: .number), Signature(.list(.number), gives: .number),
        ]

    private static func function(
        _ name: String, _ wins: @escaping @Sendable (_ order: Int) -> Bool
    ) -> Function {
        Function(
            name, argumentCount: 1, isVariadic: true, signatures: signatures,
            body: .variadic { values, fuel throws(Failure) in
                guard values.count == 1, let list = ListView(values[0]) else {
                    return try extreme(name, of: .values(values), &fuel, wins)
                }
                guard list.count > 0 else {
                    throw .invalidArgument("\(name)(list) argument must not be empty")
                }
                return try extreme(name, of: list, &fuel, wins)
            })
    }

    private static func extreme(
        _ name: String, of values: ListView, _ fuel: inout Fuel, _ wins: (Int) -> Bool
    ) throws(Failure) -> Value {
        try fuel.spend(values.count)
        var best = values[0]
        for index in 0..<values.count {
            let value = values[index]
            guard Numeric(value) != nil else { throw .noOverload(name, value.kind, nil) }
            if let order = Ordering.numbers(value, best), wins(order) { best = value }
        }
        return best
    }
}
