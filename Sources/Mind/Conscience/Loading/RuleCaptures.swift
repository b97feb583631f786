import CEL
import Core

/// The captures that the expressions of one rule ask `params` for, gathered while they are read;
/// only the rule's routes show whether there are such.
///
/// A class, because every reader of a part of the rule adds to it. It stays inside one loading.
final class RuleCaptures {
    /// A capture that is asked for, and where.
    struct Use {
        let name: String
        let place: RuleSites.Place
    }

    private(set) var uses: [Use] = []

    func add(_ name: String, at place: RuleSites.Place) {
        uses.append(Use(name: name, place: place))
    }

    /// Tells of captures that none of a rule's routes has.
    static func check(_ uses: [Use], on routes: [Route]) {
        let known = routes.flatMap(\.captureNames)
        for use in uses where !known.contains(use.name) {
            let near = nearestName(to: use.name, among: known.sorted())
            let names = routes.map { "'\($0.name)'" }.joined(separator: ", ")
            let list = Set(known).sorted().joined(separator: ", ")
            use.place.report(
                "no topic of the rule's routes captures '\(use.name)' (\(names))",
                hint: near.map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty ? "they capture nothing" : "they capture \(list)"))
        }
    }
}
