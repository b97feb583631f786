import CEL
import Core

/// The calls of functions that remember, gathered while the expressions of one rule are read.
///
/// A class, because every reader of a part of the rule adds to it. It stays inside one loading.
final class RuleSites {
    /// Where a call stands, for errors that only the rule's routes show.
    struct Place {
        var log: SourceLog
        var position: FilePosition

        func report(_ message: String, hint: String? = nil) {
            log.report(message, hint: hint, at: position)
        }
    }

    private(set) var places: [Place] = []
    private var sites: [Rule.Site] = []
    private var expressionCount = 0

    func nextExpression() -> Int {
        defer { expressionCount += 1 }
        return expressionCount
    }

    func add(_ site: HostCallSite, of expression: Int, named name: String, at place: Place) {
        places.append(place)
        guard !site.isInMacro else {
            place.report(
                "\(name): '\(site.call.name)' cannot stand inside of a macro: what it remembers "
                    + "belongs to one place of the rule")
            return
        }
        guard let kind = StateFunction(site.call)?.kind(site.arguments.map(\.literal)),
            let argument = site.arguments.first
        else { return }
        sites.append(
            Rule.Site(
                expression: expression, place: site.call.site, kind: kind, argument: argument))
    }

    /// All of them, their number checked.
    func checked() -> [Rule.Site] {
        if places.count > Limits.ruleSitesMax {
            places[Limits.ruleSitesMax].report(
                "more than \(Limits.ruleSitesMax) calls of 'over' and 'changed' in one rule")
        }
        return sites
    }
}
