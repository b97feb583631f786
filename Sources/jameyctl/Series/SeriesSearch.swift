import Core
import Mind
import Proof
import Store

/// Puts a series together: roll-ups from the store, and from the log what no roll-up holds yet.
///
/// The minute that is open is in the agent's memory only. Its messages are in the log, and so are
/// those of a device that fell silent and whose last minute was not closed yet.
struct SeriesSearch {
    let reader: StoreReader
    let entity: String
    let field: String
    /// nil for the only one that has the field.
    let route: String?
    let since: Timestamp
    let until: Timestamp

    /// - Parameter grain: nil for the one that suits the span.
    /// - Throws: also where there is no such series, with names that are near.
    func series(_ grain: Series.Grain?) throws(Ending) -> Series {
        let collected: SeriesCollection
        do throws(ReadError) {
            collected = try collect(grain ?? Series.Grain(for: until - since))
        } catch { throw Ending(error) }
        let routes = collected.routes(of: field)
        guard let found = routes.first else { throw nothing(collected) }
        guard routes.count == 1 else {
            throw .failure(
                Exit.data,
                "several routes have '\(field)' of '\(entity)': choose one with --route: "
                    + routes.joined(separator: ", "))
        }
        return Series(
            entity: entity, field: field, route: found, grain: collected.grain, since: since,
            until: until, points: collected.points(of: field, on: found))
    }

    private func collect(_ grain: Series.Grain) throws(ReadError) -> SeriesCollection {
        var collected = SeriesCollection(grain: grain, since: since, until: until)
        guard let resolution = grain.resolution else {
            try forEachReading(from: try reader.firstEvent(at: since)) { found, at in
                collected.add(found.fields, of: found.route, at: at)
            }
            return collected
        }
        for rollUp in try reader.rollUps(query(resolution, from: since)) {
            collected.add(
                rollUp.fields, of: rollUp.route, at: resolution.start(of: rollUp.period))
        }
        try addOpen(resolution, to: &collected)
        return collected
    }

    private func query(_ resolution: Resolution, from first: Timestamp) -> RollUpQuery {
        RollUpQuery(
            entity: entity, route: route, resolution: resolution,
            first: resolution.period(of: first),
            last: resolution.period(of: until + .microseconds(-1)))
    }

    // MARK: What is not rolled up yet

    /// Adds the readings of minutes that were not closed.
    private func addOpen(
        _ resolution: Resolution, to collected: inout SeriesCollection
    ) throws(ReadError) {
        guard let last = try reader.status().lastEvent?.sequence,
            let begin = try reader.firstEvent(at: since)
        else { return }
        let first = max(begin, last - Int64(Limits.seriesEventsMax) + 1)
        var closed: [ExactText: Int64] = [:]
        for minute in try reader.rollUps(query(.minute, from: until + .seconds(-7_200))) {
            closed[ExactText(minute.route)] = minute.period
        }
        var added: [(fields: [RollUp.Field], route: String, period: Int64)] = []
        try forEachReading(from: first) { found, at in
            let isOpen = closed[ExactText(found.route)].map { at.minute > $0 } ?? true
            guard found.isRolledUp, isOpen else { return }
            added.append((found.fields, found.route, resolution.period(of: at)))
        }
        for (fields, route, period) in added {
            collected.add(fields, of: route, at: resolution.start(of: period))
        }
    }

    private func forEachReading(
        from first: EventSequence?, _ body: (FieldReadings.Found, Timestamp) -> Void
    ) throws(ReadError) {
        guard let first, let stored = try reader.latestRuleset() else { return }
        // Rules of another version, which this one does not read, name no topics.
        guard let ruleset = try? stored.rules() else { return }
        var readings = FieldReadings(of: entity, by: ruleset)
        try reader.forEachEvent(from: first) { event in
            guard event.at < until else { return false }
            for found in readings.readings(in: event) {
                if let route, !route.hasSameBytes(as: found.route) { continue }
                body(found, event.at)
            }
            return true
        }
    }

    // MARK: Nothing found

    private func nothing(_ collected: SeriesCollection) -> Ending {
        let span = "from \(since.rfc3339()) to \(until.rfc3339())"
        let on = route.map { " on route '\($0)'" } ?? ""
        guard collected.isEmpty else {
            let names = collected.fields
            let hint = nearestName(to: field, among: names).map { "; did you mean '\($0)'?" }
            return .failure(
                Exit.noValue,
                "'\(entity)' has no number '\(field)'\(on) \(span)\(hint ?? ""): it has "
                    + names.prefix(Self.namesShown).joined(separator: ", "))
        }
        let known = (try? reader.rolledUpEntities()) ?? []
        let isKnown = known.contains { $0.hasSameBytes(as: entity) }
        let text = "no numbers of '\(entity)'\(on) \(span)"
        if isKnown { return .failure(Exit.noValue, text) }
        if let near = nearestName(to: entity, among: known) {
            return .failure(Exit.noValue, "\(text); did you mean '\(near)'?")
        }
        let names = known.prefix(Self.namesShown).joined(separator: ", ")
        let hint = known.isEmpty ? "nothing was rolled up yet" : "there are \(names)"
        return .failure(Exit.noValue, "\(text): \(hint)")
    }

    private static let namesShown = 10
}
