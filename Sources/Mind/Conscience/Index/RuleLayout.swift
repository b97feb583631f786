/// Rules sorted by what their conditions ask for. Does not change once it is made.
///
/// Groups are ranges into shared arrays, so that 10,000 rules are few allocations. A class, since a
/// structure of so many arrays would be copied, and all of them counted, where it is looked at.
final class RuleLayout: Sendable {
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

    /// What rules ask for, by group.
    struct Tables: Sendable {
        let fields: FieldTable
        /// Whether failures of rules that have failed before are counted and not looked into.
        let countsFailures: Bool
        var groups: [Group] = []
        var terms: [Term] = []
        var rules: [Int32] = []
        /// The fields without one of which a term of all rules of a group is an error, in
        /// `needed`.
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
        /// Where the constants of each rule begin in `ruleConstants`, one more than there are
        /// rules.
        var constantStarts: [Int32] = []
        var ruleConstants: [Int32] = []
    }

    /// Which groups are looked at when.
    struct Order: Sendable {
        var scopes: [Scope] = []
        var scopeConstants: [Int32] = []
        var scopeGroups: [Int32] = []
        /// Groups of no scope, ascending: all, and those that are looked at for every message.
        var unscoped: [Int] = []
        var always: [Int] = []
        /// Groups whose rules fail where the payload is an object without any of their fields.
        var failing: [Int] = []
        /// Groups by the fields that make them differ from what they are without.
        var fieldGroups: [Range<Int>] = []
        var fieldGroupList: [Int] = []
    }

    let tables: Tables
    let order: Order

    var fields: FieldTable { tables.fields }

    init(_ tables: Tables, _ order: Order = Order()) {
        self.tables = tables
        self.order = order
    }
}
