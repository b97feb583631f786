import CEL
import Core

/// Which alert rules of a route a message has to be asked about.
///
/// A rule such as `payload.temp > 80.0 && …` need not be asked while `temp` is 70: it is false,
/// whatever the rest says. The index keeps such rules sorted by their constant and gives only those
/// that may be true. It never changes an outcome: where the field is missing or of another kind,
/// every rule that reads it is asked, and answers with its error.
///
/// Groups are ranges into shared arrays, so that going through them counts no references.
struct RuleIndex: Sendable {
    /// The rules that are decided by one field of the payload.
    struct Group: Sendable {
        /// Of the field, in `names`.
        var name: Range<Int>
        /// May be true where the field is at least the bound: ascending, in `bounds`.
        var above: Range<Int>
        /// May be true where the field is at most the bound: descending, in `bounds`.
        var below: Range<Int>
        /// Rules that compare with a text, and with a number, in `rules`: asked when the kind is
        /// another.
        var ofText: Range<Int>
        var ofNumber: Range<Int>
        /// Rules by the text that they are equal to, in `equals`.
        var equal: Int?
    }

    /// Asked about every message.
    var always: [Int] = []
    var groups: [Group] = []
    var names: [UInt8] = []
    /// Bounds and, in the same places, their rules.
    var bounds: [Double] = []
    var boundRules: [Int] = []
    var rules: [Int] = []
    var equals: [[[UInt8]: [Int]]] = []
    /// The groups by their field's name, hashed: as many places as groups.
    var places: [[Int]] = []
    /// More groups than this are found by name, from the fields that the payload has.
    private static let searchedMax = 4

    /// No index at all: every rule is asked about every message. What the index is held against.
    init(asking rules: [Int]) { always = rules }

    /// The rules that may be true, or fail, for a payload: ascending, each once.
    func candidates(for document: JSONDocument) -> [Int] {
        var found = always
        if groups.count <= Self.searchedMax {
            for group in groups {
                let member = names.withUnsafeBytes {
                    document.member(UnsafeRawBufferPointer(rebasing: $0[group.name]))
                }
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
            document.withName(of: member) { name in
                for group in places[Self.place(name, of: places.count)] {
                    let isSame = names.withUnsafeBytes {
                        $0[groups[group].name].elementsEqual(name)
                    }
                    if isSame { members[group] = member }
                }
            }
        }
        for (group, member) in zip(groups, members) {
            collect(from: group, document, member, into: &found)
        }
    }

    /// Of a name among `places`.
    static func place(_ name: UnsafeRawBufferPointer, of count: Int) -> Int {
        var mixed = UInt64(name.count)
        for byte in name { mixed = (mixed ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(mixed >> 32) % count
    }

    /// - Parameter member: the field's value; nil where the payload has none.
    private func collect(
        from group: Group, _ document: JSONDocument, _ member: Int?, into found: inout [Int]
    ) {
        var (asksText, asksNumber) = (true, true)
        if let member {
            switch document.scalar(of: member) {
            case .number(let number):
                collect(from: group, atLeastOrAtMost: number.double, into: &found)
                asksNumber = false
            case .text:
                if let equal = group.equal {
                    let text = document.withText(of: member) { Array($0) }
                    if let rules = equals[equal][text] { found += rules }
                }
                asksText = false
            case .other: break
            }
        }
        if asksText { for place in group.ofText { found.append(rules[place]) } }
        if asksNumber { for place in group.ofNumber { found.append(rules[place]) } }
    }

    /// Rounding keeps the order, so no bound is passed over that the exact number reaches; whether
    /// it is met exactly is for the rule to say.
    private func collect(
        from group: Group, atLeastOrAtMost number: Double, into found: inout [Int]
    ) {
        for place in group.above {
            guard bounds[place] <= number else { break }
            found.append(boundRules[place])
        }
        for place in group.below {
            guard bounds[place] >= number else { break }
            found.append(boundRules[place])
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
