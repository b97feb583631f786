import Core
import Mind
import Proof
import Store

/// Puts a series together: roll-ups from the store, and from the log what no roll-up holds yet.
///
/// That is one minute at most, the last one in which the device was heard: on whichever route, a
/// message of a later minute closes the one before. It is in the agent's memory only, and so is
/// that of a device that fell silent and that nobody has closed yet; its messages are in the log.
struct SeriesSearch {
    let reader: StoreReader
    let entity: String
    let field: String
    /// nil for the only one that has the field.
    let route: String?
    let since: Timestamp
    let until: Timestamp
    /// Newest events that are looked through; smaller in tests.
    var eventsMax = Limits.seriesEventsMax

    /// What is told of a series that is cut off.
    static let cutOffNotice =
        "readings of the minute that is not over yet may be missing: only the newest "
        + "\(Limits.seriesEventsMax) events are looked through for it; --resolution raw has all"

    /// - Parameter grain: nil for the one that suits the span, or the next coarser one that has
    ///   the field, where retention has deleted the finer ones of then.
    /// - Throws: also where there is no such series, with names that are near.
    func series(_ grain: Series.Grain?) throws(Ending) -> Series {
        let collected: SeriesCollection
        do throws(ReadError) { collected = try collect(grain) } catch { throw Ending(error) }
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
            until: until, points: collected.points(of: field, on: found),
            isCutOff: collected.isCutOff)
    }

    private func collect(_ grain: Series.Grain?) throws(ReadError) -> SeriesCollection {
        let finest = grain ?? Series.Grain(for: until - since)
        let last = try finest == .raw ? nil : lastMinute()
        var found = try collect(finest, last)
        guard grain == nil, found.routes(of: field).isEmpty else { return found }
        for coarser in finest.coarser {
            let next = try collect(coarser, last)
            if !next.routes(of: field).isEmpty { return next }
            // What there is instead is told, by the finest that has anything.
            if found.isEmpty { found = next }
        }
        return found
    }

    private func collect(
        _ grain: Series.Grain, _ last: LastMinute?
    ) throws(ReadError) -> SeriesCollection {
        var collected = SeriesCollection(grain: grain, since: since, until: until)
        guard let resolution = grain.resolution else {
            try addReadings(to: &collected)
            return collected
        }
        let query = RollUpQuery(
            entity: entity, route: route, resolution: resolution,
            first: resolution.period(of: since),
            last: resolution.period(of: until + .microseconds(-1)))
        for rollUp in try reader.rollUps(query) {
            collected.add(
                rollUp.fields, of: rollUp.route, at: resolution.start(of: rollUp.period))
        }
        // Asked only now: a minute that an agent closed after the log was read is among them.
        guard let last, Resolution.minute.start(of: last.minute) < until, try isOpen(last.minute)
        else { return collected }
        collected.isCutOff = last.isCutOff
        for (found, at) in last.readings where at < until && isWanted(found.route) {
            collected.add(
                found.fields, of: found.route,
                at: resolution.start(of: resolution.period(of: at)))
        }
        return collected
    }

    private func isWanted(_ name: String) -> Bool {
        route.map { $0.hasSameBytes(as: name) } ?? true
    }

    // MARK: What is in the log

    /// The last minute in which a device had numbers that are rolled up.
    private struct LastMinute {
        var minute: Int64
        /// In the order of time, of all routes.
        var readings: [(found: FieldReadings.Found, at: Timestamp)] = []
        /// It may have others, before the events that were looked through.
        var isCutOff = false
    }

    /// - Returns: nil where the log has none since then.
    private func lastMinute() throws(ReadError) -> LastMinute? {
        guard let end = try reader.status().lastEvent,
            let begin = try reader.firstEvent(at: since), var readings = try fieldReadings()
        else { return nil }
        let first = max(begin, end.sequence - Int64(eventsMax) + 1)
        var start = end.at.minute
        var last: LastMinute?
        // To the end also where `until` is past: what came later has closed what was before.
        try reader.forEachEvent(from: first, through: end.sequence) { event in
            let minute = event.at.minute
            start = min(start, minute)
            for found in readings.readings(in: event) where found.isRolledUp {
                if last?.minute != minute { last = LastMinute(minute: minute) }
                last?.readings.append((found, event.at))
            }
            return true
        }
        guard first > begin else { return last }
        // Not heard in so many events: what was open is closed by those of later minutes, unless
        // there are none.
        if last == nil, end.at.minute - start <= 1 { last = LastMinute(minute: start) }
        let isCutOff = last?.minute == start
        last?.isCutOff = isCutOff
        return last
    }

    /// Whether no roll-up holds a minute's readings. What is open of all routes is closed together.
    private func isOpen(_ minute: Int64) throws(ReadError) -> Bool {
        let query = RollUpQuery(
            entity: entity, resolution: .minute, first: minute, last: minute)
        return try reader.rollUps(query).isEmpty
    }

    /// Adds every reading by itself.
    private func addReadings(to collected: inout SeriesCollection) throws(ReadError) {
        guard let first = try reader.firstEvent(at: since), var readings = try fieldReadings()
        else { return }
        try reader.forEachEvent(from: first) { event in
            guard event.at < until else { return false }
            for found in readings.readings(in: event) where isWanted(found.route) {
                collected.add(found.fields, of: found.route, at: event.at)
            }
            return true
        }
    }

    /// By the rules that took effect last.
    private func fieldReadings() throws(ReadError) -> FieldReadings? {
        // Rules of another version, which this one does not read, name no topics.
        guard let stored = try reader.latestRuleset(), let ruleset = try? stored.rules() else {
            return nil
        }
        return FieldReadings(of: entity, by: ruleset)
    }

    // MARK: Nothing found

    private func nothing(_ collected: SeriesCollection) -> Ending {
        let notice = collected.isCutOff ? " (\(Self.cutOffNotice))" : ""
        let span = "from \(since.rfc3339()) to \(until.rfc3339())\(notice)"
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
