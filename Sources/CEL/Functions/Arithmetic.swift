import Core

/// `+ - * / %` and the unary minus. Integers never wrap; doubles follow IEEE 754.
enum Arithmetic {
    typealias Failure = EvaluationError.Reason

    static func add(_ a: Value, _ b: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch (a, b) {
        case (.int(let a), .int(let b)): return try int(a.addingReportingOverflow(b), "+")
        case (.uint(let a), .uint(let b)): return try uint(a.addingReportingOverflow(b), "+")
        case (.double(let a), .double(let b)): return .double(a + b)
        case (.number, _), (_, .number): return try number(a, b, .add)
        case (.timestamp(let a), .duration(let b)): return try timestamp(a.adding(b))
        case (.duration(let a), .timestamp(let b)): return try timestamp(b.adding(a))
        case (.duration(let a), .duration(let b)): return try duration(Interval.sum(a, b))
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.string, _), (.bytes, _),
            (.list, _), (.array, _), (.map, _), (.object, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            return try concatenate(a, b, &fuel)
        }
    }

    private static func concatenate(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        switch (a, b) {
        case (.string(let a), .string(let b)):
            try fuel.claim(bytes: a.utf8.count + b.utf8.count, "a string")
            return .string(a + b)
        case (.bytes(let a), .bytes(let b)):
            try fuel.claim(bytes: a.count + b.count, "a bytes value")
            return .bytes(a + b)
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.number, _),
            (.string, _), (.bytes, _), (.list, _), (.array, _), (.map, _), (.object, _),
            (.timestamp, _), (.duration, _), (.type, _), (.optional, _), (.network, _):
            guard let left = ListView(a), let right = ListView(b) else {
                throw .noOverload("+", a.kind, b.kind)
            }
            let count = left.count + right.count
            try fuel.claim(elements: count, "a list")
            var elements: [Value] = []
            elements.reserveCapacity(count)
            for index in 0..<left.count { elements.append(left[index]) }
            for index in 0..<right.count { elements.append(right[index]) }
            return .list(elements)
        }
    }

    static func subtract(_ a: Value, _ b: Value) throws(Failure) -> Value {
        switch (a, b) {
        case (.int(let a), .int(let b)): return try int(a.subtractingReportingOverflow(b), "-")
        case (.uint(let a), .uint(let b)): return try uint(a.subtractingReportingOverflow(b), "-")
        case (.double(let a), .double(let b)): return .double(a - b)
        case (.number, _), (_, .number): return try number(a, b, .subtract)
        case (.timestamp(let a), .timestamp(let b)): return try duration(Instant.difference(a, b))
        case (.timestamp(let a), .duration(let b)): return try timestamp(a.subtracting(b))
        case (.duration(let a), .duration(let b)): return try duration(Interval.difference(a, b))
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.string, _), (.bytes, _),
            (.list, _), (.array, _), (.map, _), (.object, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            throw .noOverload("-", a.kind, b.kind)
        }
    }

    static func multiply(_ a: Value, _ b: Value) throws(Failure) -> Value {
        switch (a, b) {
        case (.int(let a), .int(let b)): return try int(a.multipliedReportingOverflow(by: b), "*")
        case (.uint(let a), .uint(let b)):
            return try uint(a.multipliedReportingOverflow(by: b), "*")
        case (.double(let a), .double(let b)): return .double(a * b)
        case (.number, _), (_, .number): return try number(a, b, .multiply)
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.string, _), (.bytes, _),
            (.list, _), (.array, _), (.map, _), (.object, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            throw .noOverload("*", a.kind, b.kind)
        }
    }

    static func divide(_ a: Value, _ b: Value) throws(Failure) -> Value {
        switch (a, b) {
        case (.int(let a), .int(let b)):
            guard b != 0 else { throw .divisionByZero }
            return try int(a.dividedReportingOverflow(by: b), "/")
        case (.uint(let a), .uint(let b)):
            guard b != 0 else { throw .divisionByZero }
            return .uint(a / b)
        case (.double(let a), .double(let b)): return .double(a / b)
        case (.number, _), (_, .number): return try number(a, b, .divide)
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.string, _), (.bytes, _),
            (.list, _), (.array, _), (.map, _), (.object, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            throw .noOverload("/", a.kind, b.kind)
        }
    }

    static func remainder(_ a: Value, _ b: Value) throws(Failure) -> Value {
        switch (a, b) {
        case (.int(let a), .int(let b)):
            guard b != 0 else { throw .divisionByZero }
            return try int(a.remainderReportingOverflow(dividingBy: b), "%")
        case (.uint(let a), .uint(let b)):
            guard b != 0 else { throw .divisionByZero }
            return .uint(a % b)
        case (.number, _), (_, .number): return try number(a, b, .remainder)
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.string, _), (.bytes, _),
            (.list, _), (.array, _), (.map, _), (.object, _), (.timestamp, _), (.duration, _),
            (.type, _), (.optional, _), (.network, _):
            throw .noOverload("%", a.kind, b.kind)
        }
    }

    static func negate(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .int(let value):
            guard value != .min else { throw .overflow("-") }
            return .int(-value)
        case .double(let value): return .double(-value)
        case .number: return try number(.int(0), value, .subtract)
        case .null, .bool, .uint, .string, .bytes, .list, .array, .map, .object, .timestamp,
            .duration, .type, .optional, .network:
            throw .noOverload("-", value.kind, nil)
        }
    }

    // MARK: Results

    private static func int(
        _ result: (partialValue: Int64, overflow: Bool), _ name: String
    ) throws(Failure) -> Value {
        guard !result.overflow else { throw .overflow(name) }
        return .int(result.partialValue)
    }

    private static func uint(
        _ result: (partialValue: UInt64, overflow: Bool), _ name: String
    ) throws(Failure) -> Value {
        guard !result.overflow else { throw .overflow(name) }
        return .uint(result.partialValue)
    }

    private static func timestamp(_ result: Instant?) throws(Failure) -> Value {
        guard let result else { throw .outOfRange("timestamp") }
        return .timestamp(result)
    }

    private static func duration(_ result: Interval?) throws(Failure) -> Value {
        guard let result else { throw .outOfRange("duration") }
        return .duration(result)
    }
}
