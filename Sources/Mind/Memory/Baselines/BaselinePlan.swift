import CEL
import Core

/// What the active rules of a route ask `baseline.*` for: nothing else is learned there.
struct BaselinePlan: Equatable, Sendable {
    /// A field by itself, for `baseline.zscore` and `baseline.quantile`.
    struct Field: Equatable, Sendable {
        /// Counts the different paths of the rule set.
        let number: Int
        /// From the payload on, outermost first; none of the payload itself.
        let names: [[UInt8]]
        var asksSpread = false
        var asksQuantiles = false
    }

    /// Ascending by number.
    private(set) var fields: [Field] = []
    /// `baseline.joint` and `baseline.departed`.
    private(set) var asksJoint = false

    var isEmpty: Bool { fields.isEmpty && !asksJoint }

    init() {}

    /// - Parameter rules: Those that act on the route.
    init(_ rules: [Int], of ruleset: RuleSet) {
        for call in rules.flatMap({ ruleset.rules[$0].baselines }) { add(call) }
    }

    private mutating func add(_ call: Rule.BaselineCall) {
        guard call.function.takesField, let path = call.path else {
            asksJoint = true
            return
        }
        let place = fields.firstPlace { $0.number >= call.field }
        if place == fields.count || fields[place].number != call.field {
            let names = path.names.map { Array($0.text.utf8) }
            fields.insert(Field(number: call.field, names: names), at: place)
        }
        if call.function == .zscore { fields[place].asksSpread = true }
        if call.function == .quantile { fields[place].asksQuantiles = true }
    }

    /// Where a field stands in `fields`.
    func place(of number: Int) -> Int? {
        let place = fields.firstPlace { $0.number >= number }
        return place < fields.count && fields[place].number == number ? place : nil
    }
}

extension JSONView {
    /// The number at a path; nil where there is none.
    func number(at names: [[UInt8]]) -> Double? {
        var node = 0
        for name in names {
            guard kind(of: node) == .object,
                let member = name.withUnsafeBytes({ member($0, of: node) })
            else { return nil }
            node = member
        }
        return number(of: node)
    }

    /// A number, of a size that can be squared; nil of everything else.
    func number(of node: Int) -> Double? {
        let number: Double
        switch kind(of: node) {
        case .int: number = Double(Int64(bitPattern: bits(of: node)))
        case .double: number = Double(bitPattern: bits(of: node))
        case .null, .no, .yes, .string, .array, .object: return nil
        }
        return number.limited(to: Limits.baselineMagnitudeMax)
    }
}

extension Double {
    /// Itself, or the bound that it is beyond.
    func limited(to bound: Double) -> Double {
        self > bound ? bound : self < -bound ? -bound : self
    }
}
