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
        var field: [UInt8]
        /// May be true where the field is at least the bound: ascending.
        var above: [(bound: Double, rule: Int)] = []
        /// May be true where the field is at most the bound: descending.
        var below: [(bound: Double, rule: Int)] = []
        var equal: [[UInt8]: [Int]] = [:]
        /// Rules that compare with a text, and with a number: asked when the kind is another.
        var ofText: [Int] = []
        var ofNumber: [Int] = []
    }

    /// Asked about every message.
    private var always: [Int] = []
    private var groups: [Group] = []
    /// More groups than this are found by name, from the fields that the payload has.
    private static let searchedMax = 4
    /// The groups by their field's name, hashed: as many places as groups.
    private var places: [[Int]] = []

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
        places = Array(repeating: [], count: groups.count)
        for index in groups.indices {
            let place = groups[index].field.withUnsafeBytes { Self.place($0, of: groups.count) }
            places[place].append(index)
        }
    }

    /// No index at all: every rule is asked about every message. What the index is held against.
    init(asking rules: [Int]) { always = rules }

    /// The rules that may be true, or fail, for a payload: ascending, each once.
    func candidates(for document: JSONDocument) -> [Int] {
        var found = always
        // By index: a copy of a group would count references for every message.
        if groups.count <= Self.searchedMax {
            for group in groups.indices {
                let member = document.member(groups[group].field)
                collect(from: group, document, member, into: &found)
            }
        } else {
            collect(from: document, into: &found)
        }
        if found.count > always.count { found.sort() }
        return found
    }

    /// Goes through the payload once, however many fields the rules look at.
    private func collect(from document: JSONDocument, into found: inout [Int]) {
        var members = [Int?](repeating: nil, count: groups.count)
        document.forEachMember { member in
            let place = document.withName(of: member) { Self.place($0, of: places.count) }
            for group in places[place] where document.isName(groups[group].field, of: member) {
                members[group] = member
            }
        }
        for group in groups.indices {
            collect(from: group, document, members[group], into: &found)
        }
    }

    /// Of a name among `places`.
    private static func place(_ name: UnsafeRawBufferPointer, of count: Int) -> Int {
        var mixed = UInt64(name.count)
        for byte in name { mixed = (mixed ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(mixed >> 32) % count
    }

    /// - Parameter member: the field's value; nil where the payload has none.
    private func collect(
        from group: Int, _ document: JSONDocument, _ member: Int?, into found: inout [Int]
    ) {
        switch member.map(document.scalar) {
        case .number(let number)?:
            collect(from: group, atLeastOrAtMost: number.double, into: &found)
            found += groups[group].ofText
        case .text?:
            if let member, !groups[group].equal.isEmpty {
                let text = document.withText(of: member) { Array($0) }
                if let rules = groups[group].equal[text] { found += rules }
            }
            found += groups[group].ofNumber
        case .other?, nil:
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
        let field = Array(access.path[0].utf8)
        let index =
            groups.firstIndex { $0.field == field }
            ?? {
                groups.append(Group(field: field))
                return groups.count - 1
            }()
        if case .string(let text) = access.constant {
            groups[index].equal[Array(text.utf8), default: []].append(rule)
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
