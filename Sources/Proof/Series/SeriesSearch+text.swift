import Core

extension SeriesSearch {
    /// What an interface calls the parameters of a search.
    public struct Words: Sendable {
        /// That of the route.
        public var route: String
        /// That of readings one by one.
        public var raw: String

        public init(route: String, raw: String) {
            self.route = route
            self.raw = raw
        }
    }

    private static let namesShown = 10

    /// What is told of a series that is cut off.
    public func cutOffNotice(_ words: Words) -> String {
        Self.cutOffNotice(words, eventsMax: eventsMax)
    }

    /// - Parameter eventsMax: that were looked through at most.
    public static func cutOffNotice(_ words: Words, eventsMax: Int) -> String {
        "readings of the minute that is not over yet may be missing: only the newest "
            + "\(eventsMax) events are looked through for it; \(words.raw) has all"
    }

    /// Why there is no series, and what to do, for a person.
    public func text(of error: SeriesError, _ words: Words) -> String {
        let empty = empty(nil, isCutOff: false)
        return Self.text(of: error, instead: empty, words, eventsMax: eventsMax)
    }

    /// The same by whoever has asked somebody else.
    ///
    /// - Parameters:
    ///   - series: that was asked for, and is not there.
    ///   - eventsMax: that were looked through at most.
    public static func text(
        of error: SeriesError, instead series: Series, _ words: Words, eventsMax: Int
    ) -> String {
        let (entity, field, route) = (series.entity, series.field, series.route)
        let span = "from \(series.since.rfc3339()) to \(series.until.rfc3339())"
        func notice(_ isCutOff: Bool) -> String {
            isCutOff ? " (\(cutOffNotice(words, eventsMax: eventsMax)))" : ""
        }
        let on = route.map { " on route '\($0)'" } ?? ""
        switch error {
        case .store(let cause): return "\(cause)"
        case .tooFine:
            return "too many points \(span): ask for a shorter time, or for coarser ones"
        case .severalRoutes(let routes):
            return "several routes have '\(field)' of '\(entity)': choose one with "
                + "\(words.route): " + routes.joined(separator: ", ")
        case .noField(let known, let isCutOff):
            let hint = nearestName(to: field, among: known).map { "; did you mean '\($0)'?" }
            return "'\(entity)' has no number '\(field)'\(on) \(span)"
                + "\(notice(isCutOff))\(hint ?? ""): it has "
                + known.prefix(namesShown).joined(separator: ", ")
        case .noNumbers(let isKnown, let known, let isCutOff):
            let text = "no numbers of '\(entity)'\(on) \(span)\(notice(isCutOff))"
            if isKnown { return text }
            if let near = nearestName(to: entity, among: known) {
                return "\(text); did you mean '\(near)'?"
            }
            let names = known.prefix(namesShown).joined(separator: ", ")
            let hint = known.isEmpty ? "nothing was rolled up yet" : "there are \(names)"
            return "\(text): \(hint)"
        }
    }
}
