import CEL
import Core

/// Constants, variables and what is in the payload.
extension ExpressionGenerator {
    mutating func leaf(_ type: ValueType) -> Draft {
        if random.chance(2) { return failing(type) }
        if random.chance(30), let local = local(type) { return local }
        if random.chance(45), let field = field(type) { return field }
        if random.chance(35), let variable = variable(type) { return variable }
        return constant(type)
    }

    // MARK: Names

    private mutating func local(_ type: ValueType) -> Draft? {
        let names = Set(scope.map(\.name)).sorted().filter { name in
            self.type(of: name).map { $0 == type || $0 == .dyn || $0.isNumber && type.isNumber }
                ?? false
        }
        guard !names.isEmpty else { return nil }
        let name = random.pick(names)
        let draft = Draft(name: name)
        // What is iterated over may be a list of objects.
        guard self.type(of: name) == .dyn, random.chance(50) else { return draft }
        return selection(of: draft, random.pick(["n", "id", "on", "x", "temp"]))
    }

    private mutating func variable(_ type: ValueType) -> Draft? {
        let fitting = Scene.Name.allCases.filter {
            $0.type == type || $0.type.isNumber && type == .number
        }
        return fitting.isEmpty ? nil : Draft(random.pick(fitting).text, .member)
    }

    /// A field of the payload that mostly has the type.
    private mutating func field(_ type: ValueType) -> Draft? {
        let fitting = PayloadField.all.filter { field in
            field.type == type || type.isNumber && field.type == .number
        }
        guard !fitting.isEmpty else { return nil }
        let field = random.pick(fitting)
        var draft = Draft(random.chance(85) ? "payload" : "device.last", .member)
        for (index, part) in field.path.enumerated() {
            draft = selection(of: draft, part, isFirst: index == 0)
        }
        return draft
    }

    /// One of the ways to look at a member by its name, or by its place.
    mutating func selection(of operand: Draft, _ name: String, isFirst: Bool = true) -> Draft {
        if let place = Int(name) {
            return Draft("\(operand.at(.member))[\(place)]", .member, using: operand)
        }
        let isPlain = name.utf8.allSatisfy { $0.isLetter }
        let isQuotable = name.utf8.allSatisfy { $0.isLetter || $0 == 0x2D || $0 == 0x20 }
        if isPlain, random.chance(85) {
            return Draft("\(operand.at(.member)).\(name)", .member, using: operand)
        }
        if isQuotable, random.chance(40) {
            return Draft("\(operand.at(.member)).`\(name)`", .member, using: operand)
        }
        return Draft("\(operand.at(.member))[\(literal(name))]", .member, using: operand)
    }

    /// What never has a value, each in its way; of the type for all that the checker knows.
    mutating func failing(_ type: ValueType) -> Draft {
        if type == .bool, random.chance(40) {
            let (a, b) = (failing(.int), constant(.int))
            return Draft("\(a.at(.sum)) == \(b.at(.sum))", .relation, using: a, b)
        }
        if type == .int, random.chance(40) {
            return switch random.below(5) {
            case 0: Draft("1 / 0", .product)
            case 1: Draft("9223372036854775807 + 1", .sum)
            case 2: Draft("int('x')", .member)
            case 3: Draft("[1, 2][\(random.pick(["2", "-1", "1.5"]))]", .member)
            default: Draft("int(1e300)", .member)
            }
        }
        return switch random.below(14) {
        case 0, 1: Draft("variables.gap", .member)
        case 2, 3: Draft("variables.broken", .member)
        case 4: Draft("unknown_\(random.below(3))", .member)
        case 5, 6, 7: Draft("payload.absent", .member)
        case 8:
            Draft("[][\(random.pick(["0", "-1", "9223372036854775807", "1.5", "'x'"]))]", .member)
        case 9, 10: Draft("optional.none().value()", .member)
        case 11: Draft("{}.b", .member)
        default: Draft("refuse()", .member)
        }
    }

    // MARK: Constants

    mutating func constant(_ type: ValueType) -> Draft {
        switch type {
        case .dyn: constant(anyType(depth: 1))
        case .number: constant(number())
        case .list(let element):
            random.chance(15)
                ? Draft("[]", .member) : listing("[", (0..<random.below(4)).map { _ in element })
        case .map(let key, let value): map(key, value)
        case .optional(let content):
            random.chance(25)
                ? Draft("optional.none()", .member) : call("optional.of", [constant(content)])
        case .parameter: constant(.int)
        case .simple(let kind): constant(of: kind)
        }
    }

    private mutating func constant(of kind: ValueKind) -> Draft {
        let text = text(of: kind)
        return Draft(text, text.utf8.first == UInt8(ascii: "-") ? .unary : .member)
    }

    private mutating func listing(_ open: String, _ types: [ValueType]) -> Draft {
        let parts = types.map { constant($0) }
        return Draft("[\(parts.map(\.whole).joined(separator: ", "))]", .member, using: parts)
    }

    private mutating func map(_ key: ValueType, _ value: ValueType) -> Draft {
        let keys = Set((0..<random.below(4)).map { _ in constant(key).whole }).sorted()
        let entries = keys.map { "\($0): \(constant(value).whole)" }
        return Draft("{\(entries.joined(separator: ", "))}", .member)
    }

    private mutating func text(of kind: ValueKind) -> String {
        switch kind {
        case .null: "null"
        case .bool: random.pick(["true", "false"])
        case .int: random.chance(60) ? "\(random.below(10) - 2)" : random.pick(Samples.ints)
        case .uint: random.chance(60) ? "\(random.below(8))u" : random.pick(Samples.uints)
        case .double: random.pick(Samples.doubles)
        case .string: literal(random.pick(Samples.texts))
        case .bytes: random.pick(Samples.bytes)
        case .list, .map, .optional: "[]"
        case .timestamp: "timestamp('\(random.pick(Samples.timestamps))')"
        case .duration: "duration('\(random.pick(Samples.durations))')"
        case .type: random.pick(Samples.types)
        case .ip: "ip('\(random.pick(Samples.addresses))')"
        case .cidr: "cidr('\(random.pick(Samples.blocks))')"
        }
    }

    /// A text as the language writes it, in one of the possible ways.
    mutating func literal(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0 != "'" && $0 != "\"" && $0 != "\\"
        }
        guard isPlain else { return Samples.escaped(text) }
        return switch random.below(8) {
        case 0: "\"\(text)\""
        case 1: "r'\(text)'"
        case 2: "'''\(text)'''"
        case 3: Samples.escaped(text)
        default: "'\(text)'"
        }
    }
}

extension ValueType {
    var isNumber: Bool {
        switch self {
        case .number, .simple(.int), .simple(.uint), .simple(.double): true
        case .dyn, .simple, .list, .map, .optional, .parameter: false
        }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { 0x61...0x7A ~= self || self == 0x5F }
}
