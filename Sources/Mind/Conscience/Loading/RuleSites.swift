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
    /// Those that ask what was learned.
    private(set) var baselines: [Rule.BaselineCall] = []
    private(set) var baselinePlaces: [Place] = []
    private var expressionCount = 0

    func nextExpression() -> Int {
        defer { expressionCount += 1 }
        return expressionCount
    }

    func add(_ site: HostCallSite, of expression: Int, named name: String, at place: Place) {
        places.append(place)
        if case .baseline(let function)? = StateFunction(site.call) {
            return add(function, site, of: expression, named: name, at: place)
        }
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

    private func add(
        _ function: BaselineFunction, _ site: HostCallSite, of expression: Int, named name: String,
        at place: Place
    ) {
        baselinePlaces.append(place)
        guard let call = Rule.BaselineCall(function, site, of: expression) else {
            place.report(
                "\(name): '\(function.name)' takes a field of the payload, since that is what is "
                    + "learned about",
                hint: "write \(function.name)(payload.temp…), with the name of the field")
            return
        }
        baselines.append(call)
    }

    /// All that rules keep by themselves, the number of all checked.
    func checked() -> [Rule.Site] {
        if places.count > Limits.ruleSitesMax {
            places[Limits.ruleSitesMax].report(
                "more than \(Limits.ruleSitesMax) calls of 'over', 'changed' and 'baseline' in one "
                    + "rule")
        }
        return sites
    }
}
