import CEL
import Core

/// Which alert rules of a route a message has to be asked about.
///
/// A rule such as `payload.temp > 80.0 && …` need not be asked while `temp` is 70: it is false,
/// whatever the rest says. The index keeps such rules sorted by their constant and gives only those
/// that may be true. It never changes an outcome: where the field is missing or of another kind,
/// every rule that reads it is asked, and answers with its error.
struct RuleIndex: Sendable {
    /// The rules that are decided by one field of the payload.
    private struct Group: Sendable {
        var field: String
        /// May be true where the field is at least the bound: ascending.
        var above: [(bound: Double, rule: Int)] = []
        /// May be true where the field is at most the bound: descending.
        var below: [(bound: Double, rule: Int)] = []
        var equal: [String: [Int]] = [:]
        /// Rules that compare with a text, and with a number: asked when the kind is another.
        var ofText: [Int] = []
        var ofNumber: [Int] = []
    }

    /// Asked about every message.
    private var always: [Int] = []
    private var groups: [Group] = []

    /// - Parameter rules: indices into the rule set, ascending.
    init(_ rules: [Int], of ruleset: RuleSet) {
        for rule in rules {
            let access = ruleset.rules[rule].when.required.first { Self.isUsable($0) }
            guard let access else {
                always.append(rule)
                continue
            }
            add(rule, access)
        }
        for index in groups.indices {
            groups[index].above.sort { $0.bound < $1.bound }
            groups[index].below.sort { $0.bound > $1.bound }
        }
    }

    /// No index at all: every rule is asked about every message. What the index is held against.
    init(asking rules: [Int]) { always = rules }

    /// The rules that may be true, or fail, for a payload: ascending, each once.
    func candidates(for payload: JSONValue) -> [Int] {
        var found = always
        // By index: a copy of a group would count references for every message.
        for group in groups.indices { collect(from: group, payload, into: &found) }
        if found.count > always.count { found.sort() }
        return found
    }

    private func collect(from group: Int, _ payload: JSONValue, into found: inout [Int]) {
        guard case .object(let object) = payload, let value = object[groups[group].field] else {
            found += groups[group].ofNumber
            found += groups[group].ofText
            return
        }
        switch value {
        case .number(let number):
            collect(from: group, atLeastOrAtMost: number.double, into: &found)
            found += groups[group].ofText
        case .string(let text):
            if let rules = groups[group].equal[text] { found += rules }
            found += groups[group].ofNumber
        case .null, .bool, .array, .object:
            found += groups[group].ofNumber
            found += groups[group].ofText
        }
    }

    /// Rounding keeps the order, so no bound is passed over that the exact number reaches; whether
    /// it is met exactly is for the rule to say.
    private func collect(
        from group: Int, atLeastOrAtMost number: Double, into found: inout [Int]
    ) {
        for entry in groups[group].above {
            guard entry.bound <= number else { break }
            found.append(entry.rule)
        }
        for entry in groups[group].below {
            guard entry.bound >= number else { break }
            found.append(entry.rule)
        }
    }

    private mutating func add(_ rule: Int, _ access: RequiredComparison) {
        let index =
            groups.firstIndex { $0.field == access.path[0] }
            ?? {
                groups.append(Group(field: access.path[0]))
                return groups.count - 1
            }()
        if case .string(let text) = access.constant {
            groups[index].equal[text, default: []].append(rule)
            groups[index].ofText.append(rule)
            return
        }
        guard let bound = access.constant.asDouble else { return always.append(rule) }
        groups[index].ofNumber.append(rule)
        switch access.relation {
        case .greater, .greaterOrEqual: groups[index].above.append((bound, rule))
        case .less, .lessOrEqual: groups[index].below.append((bound, rule))
        case .equal: break
        }
    }

    /// A field of the payload against a number (in order) or a text (equal).
    private static func isUsable(_ access: RequiredComparison) -> Bool {
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

extension [Int] {
    /// Whether an element is among them; they ascend.
    func containsAscending(_ element: Int) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element
    }
}
