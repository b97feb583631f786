import CEL

/// The functions of a table by what they give, so that none is forgotten.
struct FunctionIndex {
    struct Form {
        let function: Function
        let signature: Signature
        /// Whether it gives the type only because it gives anything.
        let isOpen: Bool
        /// What the open types of the signature are, where the result is the type asked for.
        let bindings: [Int: ValueType]
    }

    let functions: [Function]

    init(_ table: FunctionTable) { functions = table.all }

    /// What gives a value of a type.
    func forms(giving type: ValueType) -> [Form] {
        functions.flatMap { function in
            function.signatures.compactMap { signature in
                var bindings: [Int: ValueType] = [:]
                guard Self.match(signature.result, type, &bindings) else { return nil }
                let isOpen = signature.result == .dyn || signature.result == .parameter(0)
                return Form(
                    function: function, signature: signature, isOpen: isOpen, bindings: bindings)
            }
        }
    }

    private static func match(
        _ pattern: ValueType, _ type: ValueType, _ bindings: inout [Int: ValueType]
    ) -> Bool {
        switch (pattern, type) {
        case (.parameter(let number), _):
            if let bound = bindings[number] { return bound == type }
            bindings[number] = type
            return true
        case (.dyn, _): return true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)):
            return match(a, b, &bindings)
        case (.map(let k, let v), .map(let l, let w)):
            return match(k, l, &bindings) && match(v, w, &bindings)
        case (.number, _), (.simple, .number): return pattern.isNumber && type.isNumber
        case (.simple, _), (.list, _), (.map, _), (.optional, _): return pattern == type
        }
    }
}

extension ValueType {
    /// With open types replaced by what they are bound to.
    func bound(by bindings: [Int: ValueType]) -> ValueType {
        switch self {
        case .dyn, .number, .simple: self
        case .list(let element): .list(element.bound(by: bindings))
        case .map(let key, let value): .map(key.bound(by: bindings), value.bound(by: bindings))
        case .optional(let content): .optional(content.bound(by: bindings))
        case .parameter(let number): bindings[number] ?? .dyn
        }
    }
}
