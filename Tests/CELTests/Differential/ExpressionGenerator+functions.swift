import CEL

/// Calls of the table's functions.
extension ExpressionGenerator {
    /// nil where no function gives the type.
    mutating func functionCall(_ type: ValueType, _ depth: Int) -> Draft? {
        var forms = functions.forms(giving: type)
        // Those that give anything would be everywhere.
        if random.chance(75) { forms.removeAll(where: \.isOpen) }
        guard !forms.isEmpty else { return nil }
        return call(random.pick(forms), depth)
    }

    /// A call of a function as the whole expression, in one of its forms.
    mutating func call(_ function: Function, hasMisfit: Bool) -> String {
        let count = function.argumentCount
        let misfit = hasMisfit && count > 0 ? random.below(count) : nil
        let form = FunctionIndex.Form(
            function: function, signature: random.pick(function.signatures), isOpen: false,
            bindings: [:])
        return call(form, random.below(3), misfit: misfit).whole
    }

    private mutating func call(
        _ form: FunctionIndex.Form, _ depth: Int, misfit: Int? = nil
    ) -> Draft {
        let function = form.function
        var bindings = form.bindings
        if bindings[0] == nil { bindings[0] = anyType(depth: 1) }
        var count = function.argumentCount
        if function.isVariadic { count += random.below(4) }
        let parameters = form.signature.parameters
        var arguments: [Draft] = []
        for index in 0..<count {
            let parameter = index < parameters.count ? parameters[index] : parameters.last ?? .dyn
            let type = parameter.bound(by: bindings)
            if index == misfit {
                // Almost nothing takes null.
                let other = random.pick([ValueType.null, type == .string ? .int : .string])
                arguments.append(call("dyn", [constant(other)]))
            } else {
                arguments.append(argument(index, of: function, type, depth))
            }
        }
        return call(function.name, arguments, isMethod: function.isMethod)
    }

    private mutating func argument(
        _ index: Int, of function: Function, _ type: ValueType, _ depth: Int
    ) -> Draft {
        let isTarget = function.isMethod && index == 0
        if type == .string, !isTarget, random.chance(70),
            let sample = sample(index, of: function)
        {
            return Draft(sample, .member)
        }
        if type == .int, function.isMethod, random.chance(80) {
            return Draft("\(random.below(8) - 1)", .unary)
        }
        if function.name == "format" {
            return isTarget ? Draft("'\(random.pick(Samples.formats))'", .member) : list(depth)
        }
        return draft(type, depth)
    }

    /// A text that the function was made for.
    private mutating func sample(_ index: Int, of function: Function) -> String? {
        if function.name == "matches" {
            return index == 1 ? "'\(random.pick(Samples.patterns))'" : nil
        }
        if function.name.hasPrefix("get") { return "'\(random.pick(Samples.zones))'" }
        return Samples.arguments[function.name].map { literal(random.pick($0)) }
    }

    /// Of values of different types.
    private mutating func list(_ depth: Int) -> Draft {
        let elements = (0..<random.below(4)).map { _ in
            draft(random.pick([.int, .string, .double, .number, .bool, .dyn]), min(depth, 2))
        }
        return Draft(
            "[\(elements.map(\.whole).joined(separator: ", "))]", .member, using: elements)
    }
}
