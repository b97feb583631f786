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
struct RuleIndex: Sendable {
    /// What the index knows of a group from the messages that came.
    struct GroupState: Sendable {
        /// The last message that it was looked at for.
        var turn = 0
        /// Whether every rule has failed before, so that its failures are only counted.
        var isReported = false
        /// Whether it is among those whose failures are in `settledFailures`.
        var isSettled = false
    }

    /// A term that is different for the rules of a group.
    struct OpenTerm: Sendable {
        var term: RuleLayout.Term
        var count: Int
        var part: Range<Int>
    }

    /// Every rule, ascending.
    let everything: [Int]
    /// nil where every rule is asked about every message.
    private let layout: RuleLayout?
    /// Memory that no copy of the index uses.
    private var findings: FieldFindings?
    /// The rules that may be true, or fail, for the last message: ascending, each once.
    private(set) var asked: [Int] = []
    /// How many other rules failed, as they have before.
    private(set) var failures = 0
    /// What the payload of the last message has of what their code asks for, until the next one;
    /// nil where the index has not looked.
    var foundMembers: FoundMembers? {
        guard isLookedAt, let layout else { return nil }
        return findings?.members(layout.fields)
    }
    private var isLookedAt = false

    var states: [GroupState]
    /// Groups whose rules fail where the payload has none of their fields: of which not all rules
    /// have been told of yet, and how many rules the others have.
    private var unsettled: [Int]
    private var settledFailures = 0
    private var turn = 0
    /// Terms of the group at hand that are different for its rules.
    var open: [OpenTerm] = []

    /// No index at all: every rule is asked about every message. What the index is held against.
    init(asking rules: [Int]) { self.init(everything: rules, nil) }

    /// - Parameter rules: indices into the rule set, ascending.
    init(_ rules: [Int], of ruleset: RuleSet, on route: Route) {
        self.init(everything: rules, RuleLayout(rules, of: ruleset, on: route))
    }

    private init(everything: [Int], _ layout: RuleLayout?) {
        self.everything = everything
        self.layout = layout
        states = Array(repeating: GroupState(), count: layout?.tables.groups.count ?? 0)
        unsettled = layout?.order.failing ?? []
    }

    /// Finds the rules that have to be asked about a message, in `asked` and `failures`.
    ///
    /// - Parameters:
    ///   - root: the node of the document that rules see as `payload`.
    ///   - reported: By rule, whether a failure of it has been told of.
    mutating func look(
        at document: JSONDocument, root: Int = 0, _ message: Message, _ match: Router.Match,
        entity: String, reported: [Bool]
    ) {
        if !asked.isEmpty { asked.removeAll(keepingCapacity: true) }
        failures = 0
        isLookedAt = document.bytes.count <= Limits.indexedPayloadBytesMax && layout != nil
        guard isLookedAt, let layout else {
            asked += everything
            return
        }
        if !isKnownUniquelyReferenced(&findings) {
            findings = FieldFindings(layout.fields)
        }
        guard let findings else { return }
        findings.look(
            at: document, root: root, message, match, entity: entity, layout.fields)
        turn += 1
        look(at: layout, findings, reported)
        if asked.count > 1 { asked.sort() }
    }

    mutating func ask(_ rule: Int32) { asked.append(Int(rule)) }

    mutating func fail(_ count: Int) { failures += count }

    private mutating func look(
        at layout: RuleLayout, _ findings: FieldFindings, _ reported: [Bool]
    ) {
        for scope in layout.order.scopes {
            let constant = findings.finding(scope.field).constant
            guard constant >= 0 else { continue }
            var place = layout.order.scopeConstants.firstPlace(in: scope.entries) {
                $0 >= constant
            }
            while place < scope.entries.upperBound, layout.order.scopeConstants[place] == constant {
                visit(Int(layout.order.scopeGroups[place]), layout, findings, reported)
                place += 1
            }
        }
        guard findings.finding(FieldTable.payload).kind == .map else {
            for group in layout.order.unscoped { visit(group, layout, findings, reported) }
            return
        }
        for group in layout.order.always { visit(group, layout, findings, reported) }
        failures += settledFailures
        // The groups of the fields that are there; others fail, or are false.
        for place in 0..<findings.foundCount {
            for entry in layout.order.fieldGroups[findings.found(place)] {
                let group = layout.order.fieldGroupList[entry]
                guard states[group].turn != turn else { continue }
                if states[group].isSettled { failures -= layout.tables.groups[group].rules.count }
                visit(group, layout, findings, reported)
            }
        }
        if !unsettled.isEmpty { settle(layout, reported) }
    }

    private mutating func visit(
        _ group: Int, _ layout: RuleLayout, _ findings: FieldFindings,
        _ reported: [Bool]
    ) {
        states[group].turn = turn
        look(at: group, layout, findings, reported)
    }

    /// The groups that fail because none of their fields is there.
    private mutating func settle(_ layout: RuleLayout, _ reported: [Bool]) {
        var isSettled = false
        for group in unsettled where states[group].turn != turn {
            failAll(of: group, layout, reported)
            guard states[group].isReported else { continue }
            states[group].isSettled = true
            settledFailures += layout.tables.groups[group].rules.count
            isSettled = true
        }
        if isSettled { unsettled.removeAll { states[$0].isSettled } }
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
