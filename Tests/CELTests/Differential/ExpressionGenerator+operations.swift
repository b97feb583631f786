import CEL

/// What is written with operators.
extension ExpressionGenerator {
    /// nil for types that no operator gives.
    mutating func operation(_ type: ValueType, _ depth: Int) -> Draft? {
        switch type {
        case .bool: return truth(depth)
        case .int, .uint, .double, .number: return arithmetic(type, depth)
        case .string, .bytes:
            return sum(draft(type, depth), "+", draft(type, depth))
        case .list: return sum(draft(type, depth), "+", draft(type, depth))
        case .timestamp:
            return switch random.below(3) {
            case 0: sum(draft(.timestamp, depth), "+", draft(.duration, depth))
            case 1: sum(draft(.duration, depth), "+", draft(.timestamp, depth))
            default: sum(draft(.timestamp, depth), "-", draft(.duration, depth))
            }
        case .duration:
            return switch random.below(3) {
            case 0: sum(draft(.timestamp, depth), "-", draft(.timestamp, depth))
            case 1: sum(draft(.duration, depth), "-", draft(.duration, depth))
            default: sum(draft(.duration, depth), "+", draft(.duration, depth))
            }
        case .dyn: return operation(anyType(depth: 1), depth)
        case .simple, .map, .optional, .parameter: return nil
        }
    }

    private func sum(_ a: Draft, _ operation: String, _ b: Draft) -> Draft {
        Draft("\(a.at(.sum)) \(operation) \(b.at(.product))", .sum, using: a, b)
    }

    private mutating func arithmetic(_ type: ValueType, _ depth: Int) -> Draft {
        let roll = random.below(type == .double ? 90 : 100)
        if roll < 20, type != .uint {
            let operand = draft(type, depth)
            // A minus before a minus reads as well, and means the same.
            return Draft("-\(operand.at(.member))", .unary, using: operand)
        }
        let (a, b) = (draft(type, depth), draft(type, depth))
        if roll < 50 { return sum(a, random.pick(["+", "-"]), b) }
        let operation = roll < 85 ? random.pick(["*", "/"]) : "%"
        if operation != "*", random.chance(15) {
            let zero = type == .uint ? "0u" : type == .double ? "0.0" : "0"
            return Draft("\(a.at(.product)) \(operation) \(zero)", .product, using: a)
        }
        return Draft("\(a.at(.product)) \(operation) \(b.at(.unary))", .product, using: a, b)
    }

    // MARK: Truth

    private mutating func truth(_ depth: Int) -> Draft {
        switch random.below(20) {
        case 0, 1, 2, 3, 4, 5, 6: return row(depth)
        case 7:
            let operand = draft(.bool, depth)
            return Draft("!\(operand.at(.member))", .unary, using: operand)
        case 8, 9, 10, 11, 12, 13: return comparison(depth)
        case 14, 15, 16: return equality(depth)
        case 17, 18: return membership(depth)
        default:
            let text = draft(.string, depth)
            let pattern = random.pick(["'a+'", "'^(plant|C)'", "r'\\d'", "'[^a-z]*$'", "''"])
            return Draft("\(text.at(.member)).matches(\(pattern))", .member, using: text)
        }
    }

    /// A row of `&&` or `||`, in which operands fail at any place.
    private mutating func row(_ depth: Int) -> Draft {
        let isAnd = random.chance(50)
        let failPercent = random.pick([0, 0, 10, 30])
        let count = random.pick([2, 2, 2, 3, 3, 4, 6])
        let operands = (0..<count).map { _ in
            random.chance(failPercent) ? failing(.bool) : draft(.bool, depth)
        }
        let inner: Draft.Level = isAnd ? .relation : .and
        let glue = isAnd ? random.pick([" && ", "\n  && "]) : random.pick([" || ", "||"])
        return Draft(
            operands.map { $0.at(inner) }.joined(separator: glue), isAnd ? .and : .or,
            using: operands)
    }

    private func relation(_ a: Draft, _ operation: String, _ b: Draft) -> Draft {
        Draft("\(a.at(.sum)) \(operation) \(b.at(.sum))", .relation, using: a, b)
    }

    private mutating func comparison(_ depth: Int) -> Draft {
        let type: ValueType = random.pick([
            .int, .number, .number, .string, .timestamp, .duration, .bytes,
        ])
        let operation = random.pick(["<", "<=", ">", ">="])
        // Numbers of all kinds are in one order.
        let a = draft(type.isNumber ? number() : type, depth)
        let b = draft(type.isNumber ? number() : type, depth)
        return relation(a, operation, b)
    }

    private mutating func equality(_ depth: Int) -> Draft {
        let type = anyType(depth: 2)
        let operation = random.pick(["==", "==", "!="])
        return relation(draft(type, depth), operation, draft(type, depth))
    }

    private mutating func membership(_ depth: Int) -> Draft {
        if random.chance(40) {
            let key = keyType()
            return relation(
                draft(key, depth), "in", draft(.map(key, anyType(depth: 0)), depth))
        }
        let type = anyType(depth: 1)
        return relation(draft(type, depth), "in", draft(.list(type), depth))
    }
}
