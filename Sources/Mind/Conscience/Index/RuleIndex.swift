import CEL
import Core

/// Which rules of a route a message has to be asked about.
///
/// A rule such as `payload.temp > 80.0 && …` need not be asked while `temp` is 70: it is false,
/// whatever the rest says. Nor need it be asked once more, where its failures are only counted,
/// while `temp` is missing and nothing else can be false: it fails. The index never changes an
/// outcome.
///
/// Rules whose conditions have the same form, whatever their constants, are a group, in which they
/// are sorted by the constants of each term. For each message and group, the term that leaves the
/// fewest rules is gone through; the others are looked up for these. So what a field selects is
/// known exactly, without having been observed before.
///
/// Groups are ranges into shared arrays, so that going through them counts no references.
struct RuleIndex: Sendable {
    /// Rules of one form.
    struct Group: Sendable {
        /// In `rules`.
        var rules: Range<Int>
        /// In `terms`.
        var terms: Range<Int>
        /// In `needs`.
        var needs: Range<Int>
        /// Whether there are terms of which nothing is known.
        var isOpen: Bool
        /// Whether every rule has failed before, so that its failures are only counted.
        var isReported = false
        /// Whether its rules fail where the payload has none of the fields, and it is among those
        /// whose failures are in `settledFailures`.
        var isSettled = false
        /// The last message that it was looked at for.
        var turn = 0
    }

    /// What the rules of a group ask a field for.
    struct Term: Sendable {
        enum Kind: Hashable, Sendable {
            /// At least, or at most, the rule's bound.
            case atLeast, atMost
            /// One of the rule's constants.
            case isOneOf
            /// The rule's text at its beginning.
            case startsWith
            case isBool(Bool)
            case exists(Bool)
            case isMember(Bool)
        }

        var field: Int
        var kind: Kind
        /// Of `bounds` and `boundPlaces`, or of `constants` and `constantPlaces`.
        var sorted: Range<Int> = 0..<0
        /// Of `ruleBounds`, or of `ruleConstants`: where those of the group's first rule are.
        var first = 0
    }

    /// The groups of rules that want a field of every message to be one of some texts.
    struct Scope: Sendable {
        var field: Int
        /// Ascending, in `scopeConstants`, with their groups at the same places.
        var entries: Range<Int>
    }

    /// Every rule, ascending.
    let everything: [Int]
    /// Whether failures of rules that have failed before are counted and not looked into.
    let countsFailures: Bool
    var fields: FieldTable
    var groups: [Group] = []
    var terms: [Term] = []
    var rules: [Int32] = []
    /// The fields without one of which a term of all rules of a group is an error, in `needed`.
    var needs: [Range<Int>] = []
    var needed: [Int] = []

    /// Ascending within a term, with the places of their rules within the group.
    var bounds: [Double] = []
    var boundPlaces: [Int32] = []
    /// The same by place.
    var ruleBounds: [Double] = []
    /// Likewise, of terms that a rule has several constants for.
    var constants: [Int32] = []
    var constantPlaces: [Int32] = []
    /// Where the constants of each rule begin in `ruleConstants`, one more than there are rules.
    var constantStarts: [Int32] = []
    var ruleConstants: [Int32] = []

    var scopes: [Scope] = []
    var scopeConstants: [Int32] = []
    var scopeGroups: [Int32] = []
    /// Groups of no scope, ascending: all, and those that are looked at for every message.
    var unscoped: [Int] = []
    var always: [Int] = []
    /// Groups whose rules fail where the payload has none of their fields: not all of the rules
    /// have been told of yet.
    var unsettled: [Int] = []
    /// The rules of the others.
    var settledFailures = 0
    /// Groups by the fields that make them differ from what they are without.
    var fieldGroups: [Range<Int>] = []
    var fieldGroupList: [Int] = []

    // MARK: The last message

    /// The rules that may be true, or fail: ascending, each once.
    private(set) var asked: [Int] = []
    /// How many other rules failed, as they have before.
    private(set) var failures = 0
    var turn = 0
    /// Terms of the group at hand that are different for its rules.
    var open: [OpenTerm] = []

    /// No index at all: every rule is asked about every message. What the index is held against.
    init(asking rules: [Int]) {
        self.init(everything: rules, countsFailures: false, FieldTable(), fieldCount: 0)
    }

    init(everything: [Int], countsFailures: Bool, _ fields: FieldTable, fieldCount: Int) {
        self.everything = everything
        self.countsFailures = countsFailures
        self.fields = fields
        fieldGroups = Array(repeating: 0..<0, count: fieldCount)
    }

    /// Finds the rules that have to be asked about a message, in `asked` and `failures`.
    ///
    /// - Parameter reported: By rule, whether a failure of it has been told of.
    mutating func look(at message: IndexedMessage, reported: [Bool]) {
        asked.removeAll(keepingCapacity: true)
        failures = 0
        guard !groups.isEmpty, message.document.bytes.count <= Limits.indexedPayloadBytesMax else {
            asked += everything
            return
        }
        fields.look(at: message)
        turn += 1
        for scope in scopes { look(at: scope, reported) }
        if message.document.isMap(message.root) {
            for group in always { look(at: group, reported) }
            lookAtFields(reported)
        } else {
            for group in unscoped { look(at: group, reported) }
        }
        asked.sort()
    }

    mutating func ask(_ rule: Int32) { asked.append(Int(rule)) }

    mutating func fail(_ count: Int) { failures += count }

    /// The groups that are wanted by what a field of every message is.
    private mutating func look(at scope: Scope, _ reported: [Bool]) {
        let constant = fields.findings[scope.field].constant
        guard constant >= 0 else { return }
        var place = scopeConstants.firstPlace(in: scope.entries) { $0 >= constant }
        while place < scope.entries.upperBound, scopeConstants[place] == constant {
            look(at: Int(scopeGroups[place]), reported)
            place += 1
        }
    }

    /// The groups that look at fields of the payload: those of the fields that it has. The others
    /// fail, or are false without being counted.
    private mutating func lookAtFields(_ reported: [Bool]) {
        failures += settledFailures
        for place in fields.found.indices {
            for entry in fieldGroups[fields.found[place]] {
                let group = fieldGroupList[entry]
                guard groups[group].turn != turn else { continue }
                if groups[group].isSettled { failures -= groups[group].rules.count }
                look(at: group, reported)
            }
        }
        guard !unsettled.isEmpty else { return }
        var isSettled = false
        for group in unsettled where groups[group].turn != turn {
            failAll(of: group, reported)
            guard groups[group].isReported else { continue }
            groups[group].isSettled = true
            settledFailures += groups[group].rules.count
            isSettled = true
        }
        if isSettled { unsettled.removeAll { groups[$0].isSettled } }
    }
}

extension JSONDocument {
    fileprivate func isMap(_ node: Int) -> Bool {
        if case .map = kind(of: node) { return true }
        return false
    }
}

extension [Int] {
    /// Whether an element is among them; they ascend.
    func containsAscending(_ element: Int) -> Bool {
        let place = firstPlace { $0 >= element }
        return place < count && self[place] == element
    }
}

extension Array {
    /// The first place of a range from which on a condition holds; its end where there is none.
    func firstPlace(in range: Range<Int>, _ isReached: (Element) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if isReached(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
