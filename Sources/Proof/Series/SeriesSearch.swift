import Core
import Mind
import Store

/// Puts a series together: roll-ups from the store, and from the log what no roll-up holds yet.
///
/// That is one minute at most, the last one in which the device was heard: on whichever route, a
/// message of a later minute closes the one before. It is in the agent's memory only, and so is
/// that of a device that fell silent and that nobody has closed yet; its messages are in the log.
public struct SeriesSearch: Sendable {
    let reader: StoreReader
    public let entity: String
    public let field: String
    /// nil for the only one that has the field.
    public let route: String?
    public let since: Timestamp
    /// Before then.
    public let until: Timestamp
    /// Whether what the log has at `until` and later is taken in too: `until` is now, nobody asked
    /// for an end, and the log's clock may be ahead of the system's.
    public var isOpenEnded = false
    /// Newest events that are looked through for the minute that is open.
    public let eventsMax: Int
    /// nil for a series of any length.
    public var bounds: Bounds?

    /// Beyond which a series is too fine.
    public struct Bounds: Sendable {
        /// Minutes or hours of the whole time.
        public var periodsMax: Int64
        /// Events that are looked through for readings one by one.
        public var eventsMax: Int64
        /// Readings of all fields of these events.
        public var readingsMax: Int

        public init(periodsMax: Int64, eventsMax: Int64, readingsMax: Int) {
            self.periodsMax = periodsMax
            self.eventsMax = eventsMax
            self.readingsMax = readingsMax
        }
    }

    public init(
        reader: StoreReader, entity: String, field: String, route: String? = nil,
        since: Timestamp, until: Timestamp, eventsMax: Int = Limits.seriesEventsMax
    ) {
        self.reader = reader
        self.entity = entity
        self.field = field
        self.route = route
        self.since = since
        self.until = until
        self.eventsMax = eventsMax
    }

    /// - Parameter grain: nil for the one that suits the span, or the next coarser one that has
    ///   the field, where retention has deleted the finer ones of then.
    /// - Throws: every case of `SeriesError`.
    public func series(_ grain: Series.Grain?) throws(SeriesError) -> Series {
        guard try isWithinBounds(grain) else { throw .tooFine }
        let collected = try Self.reading { () throws(ReadError) in try collect(grain) }
        if collected.grain == .raw, !hasRoom(behind: collected) { throw .tooFine }
        let routes = collected.routes(of: field)
        guard let found = routes.first else {
            let reason = try nothing(collected)
            throw reason
        }
        guard routes.count == 1 else { throw .severalRoutes(routes) }
        return Series(
            entity: entity, field: field, route: found, grain: collected.grain, since: since,
            until: until, points: collected.points(of: field, on: found),
            isCutOff: collected.isCutOff)
    }

    /// The series of an entity that is known and has no such number in that time.
    ///
    /// - Parameter fields: the numbers that it has there.
    public func empty(
        _ grain: Series.Grain?, instead fields: [String] = [], isCutOff: Bool
    ) -> Series {
        Series(
            entity: entity, field: field, route: route,
            grain: grain ?? Series.Grain(for: until - since), since: since, until: until,
            isCutOff: isCutOff, fieldsInstead: fields)
    }

    private var end: Timestamp { isOpenEnded ? Timestamp(microseconds: .max) : until }

    private static func reading<Result>(
        _ body: () throws(ReadError) -> Result
    ) throws(SeriesError) -> Result {
        do throws(ReadError) { return try body() } catch { throw .store(error) }
    }

    /// Known before anything is read that would have to be held. Of days there are few.
    private func isWithinBounds(_ grain: Series.Grain?) throws(SeriesError) -> Bool {
        guard let bounds, let grain else { return true }
        switch grain {
        case .raw:
            let count = try Self.reading { () throws(ReadError) in try eventCount() }
            return count <= bounds.eventsMax
        case .minute, .hour:
            let length = grain.resolution?.microseconds ?? 1
            return (until - since).microseconds / length < bounds.periodsMax
        case .day: return true
        }
    }

    /// Events of the time in the log.
    private func eventCount() throws(ReadError) -> Int64 {
        guard let first = try reader.firstEvent(at: since) else { return 0 }
        if let behind = try reader.firstEvent(at: end) { return behind - first }
        let last = try reader.status().lastEvent?.sequence ?? first
        return last - first + 1
    }

    private func hasRoom(behind collected: SeriesCollection) -> Bool {
        bounds.map { collected.count <= $0.readingsMax } ?? true
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
            last: resolution.period(of: end + .microseconds(-1)))
        for rollUp in try reader.rollUps(query) {
            collected.add(
                rollUp.fields, of: rollUp.route, at: resolution.start(of: rollUp.period))
        }
        // Asked only now: a minute that an agent closed after the log was read is among them.
        guard let last, Resolution.minute.start(of: last.minute) < end, try isOpen(last.minute)
        else { return collected }
        collected.isCutOff = last.isCutOff
        for (found, at) in last.readings where at < end && isWanted(found.route) {
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
            guard event.at < end else { return false }
            for found in readings.readings(in: event) where isWanted(found.route) {
                collected.add(found.fields, of: found.route, at: event.at)
            }
            return hasRoom(behind: collected)
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

    private func nothing(_ collected: SeriesCollection) throws(SeriesError) -> SeriesError {
        let isCutOff = collected.isCutOff
        guard collected.isEmpty else {
            return .noField(known: collected.fields, isCutOff: isCutOff)
        }
        let known = try Self.reading { () throws(ReadError) in try reader.rolledUpEntities() }
        let isKnown = try Self.reading { () throws(ReadError) -> Bool in
            // Those are the names of the newest only.
            if known.contains(where: { $0.hasSameBytes(as: entity) }) { return true }
            return try reader.hasRollUps(of: entity)
        }
        return .noNumbers(isKnown: isKnown, known: known, isCutOff: isCutOff)
    }
}
