extension TypeChecker {
    /// How a function is called, for messages.
    struct Call {
        enum Form { case prefix, infix, function, method }

        let name: String
        let form: Form

        /// `string.startsWith(string)`, `int + int`.
        func text(_ types: [ValueType]) -> String {
            let names = types.map(\.description)
            switch form {
            case .prefix: return name + names.joined()
            case .infix: return names.joined(separator: " \(name) ")
            case .function: return "\(name)(\(names.joined(separator: ", ")))"
            case .method:
                let arguments = names.dropFirst().joined(separator: ", ")
                return "\(names.first ?? "").\(name)(\(arguments))"
            }
        }
    }

    /// The types of functions.
    mutating func call(_ node: Node) -> ValueType {
        switch node.kind {
        case .call(let function, let arguments):
            let types = arguments.map { type(of: $0) }
            let form = Call(name: function.name, form: function.isMethod ? .method : .function)
            return result(of: function.signatures, types, node, form)
        case .hostCall(let call, let arguments):
            let types = arguments.map { type(of: $0) }
            let function = environment.functions.find(
                call.name, isMethod: false, count: arguments.count)
            return result(
                of: function?.signatures ?? [], types, node,
                Call(name: call.name, form: .function))
        case .matches(let operand, _):
            expect(.string, operand, by: "'matches'")
            return .bool
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .index,
            .optionalIndex, .not, .negate, .and, .or, .conditional, .binary, .list, .map,
            .comprehension, .bind, .optionalMap, .optionalOr, .failure:
            return type(of: node)
        }
    }

    /// What the signatures that take the arguments give: more than one may where a type is not
    /// known.
    mutating func result(
        of signatures: [Signature], _ arguments: [ValueType], _ node: Node, _ call: Call
    ) -> ValueType {
        guard !signatures.isEmpty else { return .dyn }
        var results: [ValueType] = []
        for signature in signatures {
            guard let result = signature.result(of: arguments) else { continue }
            if !results.contains(result) { results.append(result) }
            // Where all is known the first is the one.
            if !arguments.contains(where: \.isOpen) { break }
        }
        guard let first = results.first else { return refuse(arguments, signatures, node, call) }
        if results.count == 1 { return first }
        return results.allSatisfy(\.isNumeric) ? .number : .dyn
    }

    private mutating func refuse(
        _ arguments: [ValueType], _ signatures: [Signature], _ node: Node, _ call: Call
    ) -> ValueType {
        // What begins as the call does is what was probably meant.
        let near = signatures.filter { $0.takes(first: arguments[0]) }
        let forms = (near.isEmpty ? signatures : near).map { call.text($0.parameters) }
        let shown = forms.prefix(Self.formsShownMax)
        let more = forms.count > shown.count ? ", …" : ""
        return fault(
            "no such overload: \(call.text(arguments))", node,
            hint: "there is \(shown.joined(separator: ", "))\(more)")
    }

    private static let formsShownMax = 4
}

extension Signature {
    fileprivate func takes(first argument: ValueType) -> Bool {
        guard let first = parameters.first else { return false }
        return Signature(first, gives: .dyn).result(of: [argument]) != nil
    }
}
