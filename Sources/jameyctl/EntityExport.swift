import Core
import Mind
import Proof
import Store

/// Writes what is kept about one entity, line by line, each thing in the form in which the command
/// that shows it has it with `--json`.
struct EntityExport {
    /// Tables with rows about entities that have a kind of line here; a test tells of others.
    static let tables: Set = [
        "decision", "decision_entity", "memory", "memory_link", "soul", "evidence", "episode",
        "episode_event", "rollup_minute", "shadow_difference", "alert_ack",
    ]

    let entity: String
    /// When it is asked: of a soul and of evidence less is left the later it is.
    let time: Timestamp
    private var ending: Ending?
    private var output = LineOutput()
    private var lines = 0

    init(of entity: String, at time: Timestamp) {
        self.entity = entity
        self.time = time
    }

    /// - Throws: also where there is nothing.
    mutating func write(_ reader: StoreReader) throws(Ending) {
        do throws(ReadError) {
            try writeEvents(of: reader)
            try writeDecisions(of: reader)
            try writeMemories(of: reader)
            try writeLinkedMemories(of: reader)
            try writeSoul(of: reader)
            try writeEpisodes(of: reader)
            try writeRollUps(of: reader)
            try writeDifferences(of: reader)
            try writeAcknowledgements(of: reader)
        } catch { ending = ending ?? Ending(error) }
        if ending != .quiet { try output.flush() }
        if let ending { throw ending }
        if lines == 0 { throw .failure(Exit.noValue, "there is nothing about it") }
    }

    /// - Returns: false when nothing more can be written.
    private mutating func line(_ kind: String, _ json: [UInt8]) -> Bool {
        guard ending == nil else { return false }
        lines += 1
        do throws(Ending) {
            try output.line(JSONWriter.object { $0.member(kind, raw: json) })
        } catch { ending = error }
        return ending == nil
    }

    // MARK: Kinds

    private mutating func writeEvents(of reader: StoreReader) throws(ReadError) {
        // Requests are known by the end of their topics, so the agent's root makes no difference.
        let settings = Mind.Settings(root: "", logID: try reader.status().logID)
        let rulesets = try reader.rulesets().compactMap { try? $0.rules() }
        let finder = RoutedEntity(entity, settings: settings, rulesets: rulesets)
        try reader.forEachEvent { event in
            finder.isAbout(event) ? line("event", event.json) : ending == nil
        }
    }

    private mutating func writeDecisions(of reader: StoreReader) throws(ReadError) {
        var query = DecisionQuery(
            entity: entity, isNewestFirst: false, limit: Limits.decisionsPageRows)
        while true {
            let page = try reader.decisions(query)
            for stored in page {
                guard line("decision", stored.decision.json) else { return }
            }
            guard page.count == query.limit, let last = page.last else { return }
            query.afterRow = last.row
        }
    }

    private mutating func writeMemories(of reader: StoreReader) throws(ReadError) {
        var query = MemoryQuery(entity: entity, limit: Limits.memoriesShownMax)
        var all: [[UInt8]] = []
        while true {
            let page = try reader.search(query)
            all += page.memories.map { $0.json() }
            guard let next = page.next else { break }
            query.page = next
        }
        // Pages have the newest first.
        for json in all.reversed() {
            guard line("memory", json) else { return }
        }
    }

    private mutating func writeLinkedMemories(of reader: StoreReader) throws(ReadError) {
        try reader.forEachLinkedMemory(to: entity) { stored, links in
            line("memory_link", stored.json(links: links))
        }
    }

    private mutating func writeSoul(of reader: StoreReader) throws(ReadError) {
        guard let report = try SoulReport(of: entity, reader, at: time) else { return }
        if let soul = report.now {
            guard line("soul", soul.json) else { return }
        }
        for reason in report.course {
            guard line("evidence", reason.json) else { return }
        }
    }

    private mutating func writeEpisodes(of reader: StoreReader) throws(ReadError) {
        var query = EpisodeQuery(entity: entity, limit: Limits.memoriesShownMax)
        var all: [[UInt8]] = []
        while true {
            let page = try reader.episodes(query)
            all += page.map { $0.json }
            guard page.count == query.limit, let last = page.last else { break }
            query.before = last.id
        }
        for json in all.reversed() {
            guard line("episode", json) else { return }
        }
        try reader.forEachKeptEvent(of: entity) { episode, event in
            line("episode_event", event.json(of: episode))
        }
    }

    private mutating func writeRollUps(of reader: StoreReader) throws(ReadError) {
        for resolution in Resolution.allCases {
            try reader.forEachRollUp(of: entity, by: resolution) { rollUp in
                for json in Series.lines(of: rollUp, by: resolution) {
                    guard line(resolution.kind, json) else { return false }
                }
                return true
            }
        }
    }

    private mutating func writeDifferences(of reader: StoreReader) throws(ReadError) {
        var found: [ShadowDifference] = []
        try reader.shadowDifferences { difference in
            if difference.entity.hasSameBytes(as: entity) { found.append(difference) }
        }
        // They come by kind.
        for difference in found.sorted(by: { $0.at < $1.at }) {
            guard line("shadow_difference", difference.json) else { return }
        }
    }

    private mutating func writeAcknowledgements(of reader: StoreReader) throws(ReadError) {
        for acknowledgement in try reader.acknowledgements(about: entity) {
            let json = JSONWriter.object { json in
                json.member("decision_id", acknowledgement.decisionID)
                json.member("rule", acknowledgement.rule)
                json.member("entity", acknowledgement.entity)
                acknowledgement.write(to: &json)
            }
            guard line("alert_ack", json) else { return }
        }
    }
}

extension Resolution {
    /// Of a line of an export.
    fileprivate var kind: String {
        switch self {
        case .minute: "rollup_minute"
        case .hour: "rollup_hour"
        case .day: "rollup_day"
        }
    }
}
