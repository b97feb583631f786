import CEL
import Core

extension RuleIndex {
    /// A group while rules are still added to it.
    private struct Draft {
        var field: [UInt8]
        var above: [(bound: Double, rule: Int)] = []
        var below: [(bound: Double, rule: Int)] = []
        var equal: [[UInt8]: [Int]] = [:]
        var ofText: [Int] = []
        var ofNumber: [Int] = []

        /// - Returns: false when there is no bound to sort the rule by.
        mutating func add(_ rule: Int, _ access: RequiredComparison) -> Bool {
            if case .string(let text) = access.constant {
                equal[Array(text.utf8), default: []].append(rule)
                ofText.append(rule)
                return true
            }
            guard let bound = access.constant.asDouble else { return false }
            ofNumber.append(rule)
            switch access.relation {
            case .greater, .greaterOrEqual: above.append((bound, rule))
            case .less, .lessOrEqual: below.append((bound, rule))
            case .equal: break
            }
            return true
        }
    }

    /// - Parameter rules: indices into the rule set, ascending.
    init(_ rules: [Int], of ruleset: RuleSet) {
        self.init(asking: [])
        var drafts: [Draft] = []
        var places: [[UInt8]: Int] = [:]
        for rule in rules {
            let access = ruleset.rules[rule].when.required.first { Self.isUsable($0) }
            guard let access else {
                always.append(rule)
                continue
            }
            let field = Array(access.path[0].utf8)
            let place = places[field] ?? drafts.count
            if place == drafts.count {
                drafts.append(Draft(field: field))
                places[field] = place
            }
            if !drafts[place].add(rule, access) { always.append(rule) }
        }
        for draft in drafts { append(draft) }
        self.places = Array(repeating: [], count: groups.count)
        for (index, draft) in drafts.enumerated() {
            let place = draft.field.withUnsafeBytes { Self.place($0, of: drafts.count) }
            self.places[place].append(index)
        }
    }

    private mutating func append(_ draft: Draft) {
        func append<T>(_ added: [T], to array: inout [T]) -> Range<Int> {
            array += added
            return array.count - added.count..<array.count
        }
        let above = draft.above.sorted { $0.bound < $1.bound }
        let below = draft.below.sorted { $0.bound > $1.bound }
        boundRules += above.map(\.rule) + below.map(\.rule)
        groups.append(
            Group(
                name: append(draft.field, to: &names),
                above: append(above.map(\.bound), to: &bounds),
                below: append(below.map(\.bound), to: &bounds),
                ofText: append(draft.ofText, to: &rules),
                ofNumber: append(draft.ofNumber, to: &rules),
                equal: draft.equal.isEmpty ? nil : equals.count))
        if !draft.equal.isEmpty { equals.append(draft.equal) }
    }

    /// A field of the payload against a number (in order) or a text (equal).
    static func isUsable(_ access: RequiredComparison) -> Bool {
        guard access.slot == RuleEnvironment.Name.payload.rawValue, access.path.count == 1 else {
            return false
        }
        switch (access.constant, access.relation) {
        case (.string, .equal): return true
        case (_, .equal): return false
        case (_, .less), (_, .lessOrEqual), (_, .greater), (_, .greaterOrEqual):
            return access.constant.asDouble.map { !$0.isNaN } ?? false
        }
    }
}
