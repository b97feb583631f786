import Core

/// Finds the types of an expression's parts, and the parts that can have no value.
///
/// It goes on after a fault, with a type that goes with everything, so that all are found at once
/// and none twice.
struct TypeChecker {
    let environment: Environment
    var faults: [SyntaxFault] = []
    /// Of the variables of comprehensions and the names of bindings, by their place.
    var locals: [ValueType]

    init(environment: Environment, localCount: Int) {
        self.environment = environment
        locals = Array(repeating: .dyn, count: localCount)
    }

    mutating func type(of node: Node) -> ValueType {
        inferred(node).pruned(to: Limits.typeDepthMax)
    }

    private mutating func inferred(_ node: Node) -> ValueType {
        switch node.kind {
        case .constant(let value): return ValueType(of: value)
        case .variable(let slot, _): return environment.type(ofSlot: slot)
        case .local(let local), .lazy(let local, _): return locals[local]
        case .select(let operand, let name):
            return declared(name, of: operand, node) ?? field(of: type(of: operand), node)
        case .optionalSelect(let operand, let name):
            return .optional(
                declared(name, of: operand, node)
                    ?? field(of: content(of: type(of: operand)), node))
        case .test(let operand, let name):
            _ = declared(name, of: operand, node) ?? field(of: type(of: operand), node)
            return .bool
        case .index, .optionalIndex: return indexed(node)
        case .not, .negate, .and, .or, .conditional, .binary: return operation(node)
        case .list(let elements): return .list(list(elements))
        case .map(let entries): return map(entries)
        case .comprehension(let comprehension): return self.comprehension(comprehension, node)
        case .bind(let bindings, let body):
            for binding in bindings { locals[binding.local] = type(of: binding.value) }
            return type(of: body)
        case .optionalMap(let map): return optionalMap(map)
        case .optionalOr(let left, let right, let unwraps):
            return alternative(left, right, unwraps: unwraps)
        case .call, .hostCall, .matches: return call(node)
        case .failure: return .dyn
        }
    }

    /// Notes what is wrong; the part is taken for anything from here on.
    mutating func fault(
        _ message: String, _ node: Node, hint: String? = nil,
        kind: ParseError.Kind = .typeMismatch
    ) -> ValueType {
        if faults.count < Limits.expressionFaultsMax {
            faults.append(
                SyntaxFault(kind: kind, offset: Int(node.at), message: message, hint: hint))
        }
        return .dyn
    }

    /// Checks a part that has to be of a type; where it cannot be, says who wants it.
    mutating func expect(_ wanted: ValueType, _ node: Node, by name: String) {
        let found = type(of: node)
        if found == .dyn || found == wanted { return }
        _ = fault("\(name) wants \(wanted), not \(found)", node)
    }

    // MARK: Parts of values

    /// A field of a variable of which all fields are known; nil where they are not.
    private mutating func declared(
        _ name: String, of operand: Node, _ node: Node
    ) -> ValueType? {
        guard case .variable(let slot, let variable) = operand.kind,
            let fields = environment.fields(ofSlot: slot)
        else { return nil }
        if let type = fields[name] { return type }
        let names = fields.keys.sorted()
        return fault(
            "'\(variable)' has no field '\(name)'", node,
            hint: NearestName.hint(for: name, among: names)
                ?? "it has \(names.joined(separator: ", "))", kind: .unknownField)
    }

    private mutating func indexed(_ node: Node) -> ValueType {
        switch node.kind {
        case .index(let operand, let index):
            if case .string(let name)? = index.constant,
                let found = declared(name, of: operand, node)
            {
                return found
            }
            let (container, index) = (type(of: operand), type(of: index))
            return element(of: container, at: index, node)
        case .optionalIndex(let operand, let index):
            if case .string(let name)? = index.constant,
                let found = declared(name, of: operand, node)
            {
                return .optional(found)
            }
            let (container, index) = (type(of: operand), type(of: index))
            return .optional(element(of: content(of: container), at: index, node))
        case .constant, .variable, .local, .lazy, .select, .optionalSelect, .test, .not, .negate,
            .and, .or, .conditional, .binary, .list, .map, .comprehension, .bind, .optionalMap,
            .optionalOr, .call, .hostCall, .matches, .failure:
            return type(of: node)
        }
    }

    private mutating func field(of type: ValueType, _ node: Node) -> ValueType {
        switch type {
        case .dyn, .parameter: return .dyn
        case .map(_, let value): return value
        case .optional(let content): return .optional(field(of: content, node))
        case .number, .simple, .list:
            return fault(
                "\(type) has no fields", node, hint: "only maps have them")
        }
    }

    private mutating func element(
        of container: ValueType, at index: ValueType, _ node: Node
    ) -> ValueType {
        switch container {
        case .dyn, .parameter: return .dyn
        case .list(let element):
            if index == .dyn || index.isNumeric { return element }
            return fault("a list's index is int, not \(index)", node)
        case .map(let key, let value):
            if key.mayEqual(index) { return value }
            return fault("\(container) has no key that is \(index)", node)
        case .optional(let content): return .optional(element(of: content, at: index, node))
        case .number, .simple:
            return fault(
                "\(container) has no elements", node, hint: "only lists and maps have them")
        }
    }

    /// What an optional has; other types are themselves.
    private func content(of type: ValueType) -> ValueType {
        if case .optional(let content) = type { return self.content(of: content) }
        return type
    }

    // MARK: Lists, maps and optionals

    private mutating func list(_ elements: [Node.Element]) -> ValueType {
        var joined: ValueType?
        for element in elements {
            let type =
                element.isOptional ? unwrapped(element.value, by: "'[?'") : type(of: element.value)
            joined = joined?.joined(with: type) ?? type
        }
        return joined ?? .dyn
    }

    private mutating func map(_ entries: [Node.Entry]) -> ValueType {
        var keys: ValueType?
        var values: ValueType?
        for entry in entries {
            let key = type(of: entry.key)
            let value =
                entry.isOptional ? unwrapped(entry.value, by: "'{?'") : type(of: entry.value)
            keys = keys?.joined(with: key) ?? key
            values = values?.joined(with: value) ?? value
        }
        return .map(keys ?? .dyn, values ?? .dyn)
    }

    /// What an optional has, where one is wanted.
    private mutating func unwrapped(_ node: Node, by name: String) -> ValueType {
        switch type(of: node) {
        case .optional(let content): return content
        case .dyn: return .dyn
        case let other:
            return fault(
                "\(name) wants an optional, not \(other)", node, hint: "write optional.of(…)")
        }
    }

    private mutating func optionalMap(_ map: Node.OptionalMap) -> ValueType {
        let name = map.isFlat ? "'optFlatMap'" : "'optMap'"
        locals[map.local] = unwrapped(map.target, by: name)
        return map.isFlat ? .optional(unwrapped(map.body, by: name)) : .optional(type(of: map.body))
    }

    private mutating func alternative(
        _ left: Node, _ right: Node, unwraps: Bool
    ) -> ValueType {
        let content = unwrapped(left, by: unwraps ? "'orValue'" : "'or'")
        if unwraps { return content.joined(with: type(of: right)) }
        return .optional(content.joined(with: unwrapped(right, by: "'or'")))
    }
}
