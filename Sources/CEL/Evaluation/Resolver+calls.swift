import Core

extension Resolver {
    /// A macro, a function of a namespace (`text.overlap(…)`), a method or a plain function.
    mutating func resolveCall(
        _ name: String, _ arguments: [Syntax], _ target: Syntax?, isRooted: Bool, _ syntax: Syntax
    ) -> Node {
        if let target {
            if let node = expandMethod(name, target, arguments, syntax) { return node }
            if let function = namespaced(name, target, arguments.count) {
                return call(function, arguments, syntax)
            }
            return resolveMethod(name, target, arguments, syntax)
        }
        if name == "has", !isRooted { return expandHas(arguments, syntax) }
        let dotted = isRooted ? "." + name : name
        for candidate in environment.candidates(for: dotted) {
            let found = environment.functions.find(
                candidate, isMethod: false, count: arguments.count)
            if let found { return call(found, arguments, syntax) }
        }
        return unknownFunction(name, arguments, isMethod: false, syntax)
    }

    /// A function whose name is the target and the name after it; a variable of a comprehension
    /// hides the namespace.
    private func namespaced(_ name: String, _ target: Syntax, _ count: Int) -> Function? {
        guard let prefix = target.dottedName else { return nil }
        if let root = prefix.split(separator: ".").first, meaning(of: String(root)) != nil,
            prefix.utf8.first != UInt8(ascii: ".")
        {
            return nil
        }
        for candidate in environment.candidates(for: prefix + "." + name) {
            let found = environment.functions.find(candidate, isMethod: false, count: count)
            if let found { return found }
        }
        return nil
    }

    private mutating func resolveMethod(
        _ name: String, _ target: Syntax, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node {
        let all = [target] + arguments
        if let found = environment.functions.find(name, isMethod: true, count: all.count) {
            return call(found, all, syntax)
        }
        let full = target.dottedName.map { "\($0).\(name)" }
        if let full, environment.functions.names(isMethod: false).contains(full) {
            return unknownFunction(full, arguments, isMethod: false, syntax)
        }
        if environment.isChecked, full.map(isNamespace) == true, let full {
            return unknownFunction(full, arguments, isMethod: false, syntax)
        }
        return unknownFunction(name, all, isMethod: true, syntax)
    }

    /// Whether functions share the name's first part and no variable has it.
    private func isNamespace(_ name: String) -> Bool {
        guard let root = name.split(separator: ".").first, meaning(of: String(root)) == nil,
            environment.slot(of: String(root)) == nil
        else { return false }
        return environment.functions.names(isMethod: false).contains { $0.hasPrefix("\(root).") }
    }

    private mutating func unknownFunction(
        _ name: String, _ arguments: [Syntax], isMethod: Bool, _ syntax: Syntax
    ) -> Node {
        guard environment.isChecked else { return failure(.unknown(name), syntax) }
        let written = arguments.count - (isMethod ? 1 : 0)
        if isMethod, let counts = Self.methodMacros[name] {
            return fault(
                .badArguments, "'\(name)' takes \(counts) arguments, not \(written)", syntax)
        }
        // The faults of the arguments are worth telling as well, but of a macro they may be names.
        for argument in arguments { _ = resolve(argument) }
        if let counts = environment.functions.argumentCounts(of: name, isMethod: isMethod) {
            return fault(
                .badArguments, "'\(name)' takes \(counts) arguments, not \(written)", syntax)
        }
        return fault(
            .unknownFunction, "unknown function '\(name)'", syntax,
            hint: tellsFaults ? functionHint(name, isMethod: isMethod) : nil)
    }

    private func functionHint(_ name: String, isMethod: Bool) -> String? {
        let functions = environment.functions
        if functions.names(isMethod: !isMethod).contains(name) {
            return isMethod ? "write \(name)(…)" : "write ….\(name)(…)"
        }
        let macros = isMethod ? Array(Self.methodMacros.keys) : ["has"]
        return NearestName.hint(
            for: name, among: macros + functions.names(isMethod: isMethod))
    }

    /// A call of a function that has been found, its constants checked.
    private mutating func call(
        _ function: Function, _ arguments: [Syntax], _ syntax: Syntax
    ) -> Node {
        let nodes = arguments.map { resolve($0) }
        let depth = Self.depth(nodes)
        let constants = nodes.map(\.constant)
        if let check = function.check, let message = check(constants) {
            return fault(.badConstant, message, syntax)
        }
        if case .host(let number) = function.body {
            let call = HostCall(name: function.name, function: number, site: hostCallCount)
            hostCallCount += 1
            return node(.hostCall(call, nodes), syntax, depth)
        }
        if function.name == "matches", case .string(let text)?? = constants.last {
            do {
                return node(.matches(nodes[0], try Pattern(text)), syntax, depth)
            } catch {
                let place = arguments[arguments.count - 1]
                return fault(
                    .badConstant,
                    "invalid regular expression: \(error.message) (character \(error.offset + 1))",
                    place)
            }
        }
        return node(.call(function, nodes), syntax, depth)
    }
}

extension Node {
    /// The value of a literal.
    var constant: Value? {
        if case .constant(let value) = kind { return value }
        return nil
    }
}
