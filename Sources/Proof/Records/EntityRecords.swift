import Core
import Mind
import Store

/// Everything that is kept about one entity, page by page: kind by kind, of each the oldest first.
/// Each record has the form in which the command that shows it has it with `--json`.
///
/// Nothing is held of the store between two pages, so they are not of one moment. What was there
/// before the first and is there behind the last is told once, whatever comes and goes meanwhile.
public struct EntityRecords {
    /// Tables with rows about entities that have a kind of record; a test tells of others.
    public static let tables: Set = [
        "decision", "decision_entity", "memory", "memory_link", "soul", "evidence", "episode",
        "episode_event", "rollup_minute", "shadow_difference", "alert_ack",
    ]

    public let entity: String
    /// When it is asked: of a soul and of evidence less is left the later it is.
    public let time: Timestamp
    private let reader: StoreReader
    private let routes: KnownRoutes
    /// Made of the routes of all rule sets of the store, where events are looked at.
    private var finder: RoutedEntity?
    private var page = Page(behind: .start, limit: 0, looking: 0)

    /// - Parameter routes: those that others have read already, and that are read for others.
    public init(
        of entity: String, in reader: StoreReader, at time: Timestamp,
        knowing routes: KnownRoutes = KnownRoutes()
    ) {
        self.entity = entity
        self.reader = reader
        self.time = time
        self.routes = routes
    }

    /// The records behind a place.
    /// - Parameters:
    ///   - limit: Records at most, 1...; it also ends behind `Limits.apiListBytesMax`.
    ///   - most: Rows that are looked at for it, 1...
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public mutating func next(
        behind place: Cursor, limit: Int, looking most: Int = Limits.decisionsLooked
    ) throws(ReadError) -> Page {
        page = Page(behind: place, limit: limit, looking: most)
        for kind in Kind.allCases.drop(while: { $0 != place.kind }) {
            try read(kind == place.kind ? place : Cursor(kind))
            if page.isOver { break }
        }
        return page
    }

    /// What is left of a kind.
    private mutating func read(_ place: Cursor) throws(ReadError) {
        var place = place
        while true {
            page.pass(to: place)
            guard page.looksLeft > 0 else {
                page.end()
                return
            }
            let look = try look(behind: place)
            if page.isOver { return }
            page.note(looked: look.looked)
            guard let last = look.last else { return }
            place = Cursor(place.kind, last)
        }
    }

    private mutating func look(behind place: Cursor) throws(ReadError) -> ExportLook {
        switch place.kind {
        case .event: try events(behind: place)
        case .decision: try decisions(behind: place)
        case .memory: try memories(behind: place)
        case .memoryLink: try linkedMemories(behind: place)
        case .soul: try soul(behind: place)
        case .evidence: try evidence(behind: place)
        case .episode: try episodes(behind: place)
        case .keptEvent: try keptEvents(behind: place)
        case .minute: try minutes(behind: place)
        case .hour: try periods(of: .hour, behind: place)
        case .day: try periods(of: .day, behind: place)
        case .difference: try differences(behind: place)
        case .acknowledgement: try acknowledgements(behind: place)
        }
    }
}

// MARK: Kinds

extension EntityRecords {
    private mutating func events(behind place: Cursor) throws(ReadError) -> ExportLook {
        let finder = try knownFinder()
        let most = page.looksLeft
        var (looked, last, isMore): (Int, EventSequence, Bool) = (0, 0, false)
        try reader.forEachEvent(from: place.first) { event in
            guard looked < most else {
                isMore = true
                return false
            }
            looked += 1
            last = event.sequence
            let place = Cursor(.event, last)
            return finder.isAbout(event)
                ? page.add(event.json, at: place) : page.pass(to: place)
        }
        return ExportLook(looked: looked, last: isMore ? last : nil)
    }

    private mutating func knownFinder() throws(ReadError) -> RoutedEntity {
        if let finder { return finder }
        // Requests are known by the end of their topics, so the agent's root makes no difference.
        let settings = Mind.Settings(root: "", logID: try reader.logRange().logID)
        let made = RoutedEntity(entity, settings: settings, routes: try routes.all(in: reader))
        finder = made
        return made
    }

    private mutating func decisions(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachDecision(
            of: entity, from: place.first, looking: page.looksLeft
        ) { stored in
            page.add(stored.decision.json, at: Cursor(.decision, stored.row))
        }
    }

    private mutating func memories(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachMemory(
            of: entity, from: place.first, looking: min(page.looksLeft, page.wanted)
        ) { stored in
            page.add(stored.json(), at: Cursor(.memory, stored.id))
        }
    }

    private mutating func linkedMemories(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachLinkedMemory(
            to: entity, from: place.first, looking: min(page.looksLeft, page.wanted)
        ) { stored, links in
            page.add(stored.json(links: links), at: Cursor(.memoryLink, stored.id))
        }
    }

    /// There is one at most.
    private mutating func soul(behind place: Cursor) throws(ReadError) -> ExportLook {
        guard place.number == nil, let soul = try soulReport()?.now else {
            return ExportLook(looked: 0)
        }
        _ = page.add(soul.json, at: Cursor(.soul, 1))
        return ExportLook(looked: 1)
    }

    /// There are `Limits.evidencePerSoulMax` at most.
    private mutating func evidence(behind place: Cursor) throws(ReadError) -> ExportLook {
        let course = try soulReport()?.course ?? []
        for reason in course where reason.number >= place.first {
            guard page.add(reason.json, at: Cursor(.evidence, reason.number)) else { break }
        }
        return ExportLook(looked: course.count)
    }

    private mutating func soulReport() throws(ReadError) -> SoulReport? {
        if page.soul == nil { page.soul = try SoulReport(of: entity, reader, at: time) }
        return page.soul
    }

    private mutating func episodes(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachEpisode(
            of: entity, from: place.first, looking: page.looksLeft
        ) { stored in
            page.add(stored.json, at: Cursor(.episode, stored.id))
        }
    }

    private mutating func keptEvents(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachKeptEvent(
            of: entity, from: place.first, looking: page.looksLeft
        ) { row, episode, event in
            page.add(event.json(of: episode), at: Cursor(.keptEvent, row))
        }
    }

    private mutating func differences(behind place: Cursor) throws(ReadError) -> ExportLook {
        let last = place.number.map { (at: $0, id: place.part ?? .max) }
        try reader.forEachShadowDifference(
            of: entity, behind: last, limit: page.wanted
        ) { at, id, json in
            page.add(json, at: Cursor(.difference, at, part: id))
        }
        // All that have room were asked for.
        return ExportLook(looked: 0)
    }

    private mutating func acknowledgements(behind place: Cursor) throws(ReadError) -> ExportLook {
        let found = try reader.acknowledgements(
            about: entity, from: place.first, limit: page.wanted)
        for (number, acknowledgement) in found {
            let json = JSONWriter.object { json in
                json.member("decision_id", acknowledgement.decisionID)
                json.member("rule", acknowledgement.rule)
                json.member("entity", acknowledgement.entity)
                acknowledgement.write(to: &json)
            }
            guard page.add(json, at: Cursor(.acknowledgement, number)) else { break }
        }
        return ExportLook(looked: 0)
    }
}

// MARK: Roll-ups

extension EntityRecords {
    private mutating func minutes(behind place: Cursor) throws(ReadError) -> ExportLook {
        try reader.forEachMinute(
            of: entity, from: place.first, looking: page.looksLeft
        ) { row, rollUp in
            add(rollUp, by: .minute, Cursor(.minute, row), behind: place)
        }
    }

    private mutating func periods(
        of resolution: Resolution, behind place: Cursor
    ) throws(ReadError) -> ExportLook {
        guard let all = try reader.rollUpPeriods(by: resolution) else {
            return ExportLook(looked: 0)
        }
        let first = max(place.first, all.lowerBound)
        guard first <= all.upperBound else { return ExportLook(looked: 0) }
        let count = min(Int64(page.looksLeft), Limits.exportSlicePeriods)
        let last = min(all.upperBound, first + count - 1)
        let found = try reader.rollUps(
            RollUpQuery(entity: entity, resolution: resolution, first: first, last: last))
        for rollUp in found {
            let period = Cursor(place.kind, rollUp.period, route: rollUp.route)
            guard add(rollUp, by: resolution, period, behind: place) else { break }
        }
        return ExportLook(
            looked: Int(last - first + 1), last: last < all.upperBound ? last : nil)
    }

    /// A record for each field that was not told yet: they keep their order, and further ones of a
    /// period come behind them.
    /// - Parameter period: of the roll-up, or its row.
    /// - Returns: false where the page is over.
    private mutating func add(
        _ rollUp: RollUp, by resolution: Resolution, _ period: Cursor, behind place: Cursor
    ) -> Bool {
        let lines = Series.lines(of: rollUp, by: resolution)
        let told = place.told(of: period.number ?? 0, route: rollUp.route)
        for index in min(told, lines.count)..<lines.count {
            var end = period
            end.part = Int64(index) + 1
            guard page.add(lines[index], at: end) else { return false }
        }
        return true
    }
}
