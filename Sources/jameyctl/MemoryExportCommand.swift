import ArgumentParser
import Core
import Mind
import Proof
import Store

/// `jameyctl memory export`
struct MemoryExportCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes everything that is kept about an entity as JSON Lines.",
        discussion: """
            Each line has one member, which says what it is: event, decision or memory, oldest \
            first, as log export, decisions --json and memory search --json show them, or another \
            table's row. An event is about the entity that a route finds in its topic, or that a \
            request names. Exits with 1 when there is nothing. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @Option(help: "Whom it is about.")
    var entity: String

    func validate() throws {
        guard (1...Limits.entityNameBytesMax).contains(entity.utf8.count) else {
            throw ValidationError("--entity must have 1 to \(Limits.entityNameBytesMax) bytes")
        }
    }

    func perform() throws(Ending) {
        let reader = try store.open()
        var export = EntityExport(entity: entity)
        do throws(ReadError) {
            try export.writeEvents(of: reader)
            try export.writeDecisions(of: reader)
            try export.writeMemories(of: reader)
            try reader.forEachOtherRow(of: entity) { table, json in export.line(table, json) }
        } catch { export.ending = export.ending ?? Ending(error) }
        try export.finish()
    }
}

/// Writes what is about one entity, line by line.
private struct EntityExport {
    let entity: String
    var ending: Ending?
    private var output = LineOutput()
    private var lines = 0

    init(entity: String) { self.entity = entity }

    /// - Returns: false when nothing more can be written.
    mutating func line(_ kind: String, _ json: [UInt8]) -> Bool {
        guard ending == nil else { return false }
        lines += 1
        do throws(Ending) {
            try output.line(JSONWriter.object { $0.member(kind, raw: json) })
        } catch { ending = error }
        return ending == nil
    }

    mutating func writeEvents(of reader: StoreReader) throws(ReadError) {
        // Requests are known by the end of their topics, so the agent's root makes no difference.
        let settings = Mind.Settings(root: "", logID: try reader.status().logID)
        let rulesets = try reader.rulesets().compactMap { try? $0.rules() }
        let finder = RoutedEntity(entity, settings: settings, rulesets: rulesets)
        try reader.forEachEvent { event in
            finder.isAbout(event) ? line("event", EventLine.json(event)) : ending == nil
        }
    }

    mutating func writeDecisions(of reader: StoreReader) throws(ReadError) {
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

    mutating func writeMemories(of reader: StoreReader) throws(ReadError) {
        var query = MemoryQuery(entity: entity, limit: Limits.memoriesShownMax)
        var all: [[UInt8]] = []
        while true {
            let page = try reader.search(query)
            all += page.memories.map { MemoryLine.json($0) }
            guard let next = page.next else { break }
            query.page = next
        }
        // Pages have the newest first.
        for json in all.reversed() {
            guard line("memory", json) else { return }
        }
    }

    mutating func finish() throws(Ending) {
        if ending != .quiet { try output.flush() }
        if let ending { throw ending }
        if lines == 0 { throw .failure(Exit.noValue, "there is nothing about it") }
    }
}
