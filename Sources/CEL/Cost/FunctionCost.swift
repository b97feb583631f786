import Core

/// What calling a function costs beyond its arguments, at most.
enum FunctionCost {
    typealias Estimate = CostEstimator.Estimate

    /// What is known of the arguments.
    struct Arguments {
        let sizes: [ValueSize]
        /// nil for those that are no literals.
        let constants: [Value?]

        init(_ sizes: [ValueSize], _ constants: [Value?]) {
            self.sizes = sizes
            self.constants = constants
        }

        var first: ValueSize { sizes.first ?? .scalar }
        var second: ValueSize { sizes.count > 1 ? sizes[1] : .scalar }
        var third: ValueSize { sizes.count > 2 ? sizes[2] : .scalar }
        /// Whether what one of them has may be a share of more.
        var isShare: Bool { sizes.contains(where: \.isShare) }

        /// The bytes of a text that is written out.
        func literalBytes(_ index: Int) -> Double? {
            guard constants.indices.contains(index), case .string(let text)? = constants[index]
            else { return nil }
            return Double(text.utf8.count)
        }
    }

    static func estimate(_ function: Function, _ arguments: Arguments) -> Estimate {
        if let known = known(function.name, arguments) { return known }
        // Nothing is said of it: it may look at all it is given.
        let steps = arguments.sizes.reduce(0) { $0 + $1.parts + $1.bytes }
        return Estimate(steps: steps, size: function.resultSize)
    }

    /// nil for functions that are not of the standard table.
    static func known(_ name: String, _ arguments: Arguments) -> Estimate? {
        if constant.contains(name) { return Estimate(steps: 0) }
        return conversion(name, arguments) ?? text(name, arguments) ?? other(name, arguments)
    }

    /// Those that cost nothing beyond the step of the call, and give a value of a fixed size.
    private static let constant = Set(
        TimeField.allCases.map(\.rawValue) + [
            "bool", "type", "hasValue", "family", "isUnspecified", "isLoopback",
            "isGlobalUnicast", "isLinkLocalMulticast", "isLinkLocalUnicast", "masked",
            "prefixLength", "containsIP", "containsCIDR", "math.ceil", "math.floor", "math.round",
            "math.trunc", "math.isInf", "math.isNaN", "math.isFinite", "math.sqrt", "math.abs",
            "math.sign", "math.bitAnd", "math.bitOr", "math.bitXor", "math.bitNot",
            "math.bitShiftLeft", "math.bitShiftRight",
        ])

    private static func conversion(_ name: String, _ arguments: Arguments) -> Estimate? {
        let value = arguments.first
        switch name {
        case "int", "uint", "double", "duration", "timestamp":
            return Estimate(steps: value.reading)
        case "bytes": return Estimate(steps: value.reading, size: value.asText())
        case "string": return Estimate(steps: value.reading, size: value.asText(plus: 48))
        case "dyn": return Estimate(steps: 0, size: value)
        // A method of blocks has the name, too.
        case "ip", "cidr", "isIP", "isCIDR", "ip.isCanonical": return Estimate(steps: 8)
        default: return nil
        }
    }

    private static func other(_ name: String, _ arguments: Arguments) -> Estimate? {
        let value = arguments.first
        switch name {
        case "size": return Estimate(steps: value.reading)
        case "math.greatest", "math.least":
            let count = Double(arguments.sizes.count)
            return Estimate(steps: max(count, value.walking))
        case "optional.none": return Estimate(steps: 0, size: ValueSize.scalar.wrapped)
        case "optional.of", "optional.ofNonZeroValue":
            return Estimate(steps: 0, size: value.wrapped)
        case "optional.unwrap", "unwrapOpt": return Estimate(steps: value.walking, size: value)
        case "value": return Estimate(steps: 0, size: value)
        case "first", "last": return Estimate(steps: 0, size: value.element().wrapped)
        default: return nil
        }
    }
}

extension Function {
    /// Of what its signatures say that it gives.
    var resultSize: ValueSize {
        let sizes = signatures.map { ValueSize(of: $0.result) }
        guard let first = sizes.first else { return .unknown }
        return sizes.dropFirst().reduce(first) { $0.joined(with: $1) }
    }
}

extension ValueSize {
    /// Its text, or what it is written as.
    func asText(plus added: Double = 0) -> ValueSize {
        .text(bytes + (shape == .text ? 0 : added), isShare: isShare)
    }
}
