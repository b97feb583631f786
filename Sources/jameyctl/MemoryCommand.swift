import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl memory`
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "What the agent remembers.",
        subcommands: [
            MemorySearchCommand.self, MemoryShowCommand.self, MemoryStatsCommand.self,
            MemoryStoreCommand.self, MemoryPinCommand.self, MemoryUnpinCommand.self,
            MemoryForgetCommand.self, MemoryExportCommand.self, MemoryLinkCommand.self,
            MemoryUnlinkCommand.self, MemoryEpisodesCommand.self, MemoryEpisodeCommand.self,
            MemorySeriesCommand.self,
        ])
}

/// The memory that a command is about.
struct MemoryNumber: ParsableArguments {
    @Argument(help: "Its number, as memory search shows it.")
    var id: MemoryID

    func validate() throws { try MemoryID.check(id) }
}

/// `jameyctl memory show`
struct MemoryShowCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows everything about one memory.",
        discussion: """
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var memory: MemoryNumber

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        switch try place.resolve() {
        case .file(let store):
            let reader = try store.open()
            let found: StoredMemory?
            let links: [String]
            do throws(ReadError) {
                found = try reader.memory(memory.id)
                links = try reader.links(of: memory.id)
            } catch { throw Ending(error) }
            guard let found else { throw .noMemory(memory.id) }
            try show(found, links, found.json(links: links))
        case .daemon(let daemon):
            let request = DaemonRequest(.get, "/memory/\(memory.id)")
            let answer = try daemon.ask(request, missing: .noMemory(memory.id))
            let links = answer.piece["linked_to"]?.value?.array ?? []
            try show(
                StoredMemory.answered(answer.piece), links.compactMap(\.string), answer.body)
        }
    }

    private func show(
        _ found: StoredMemory, _ links: [String], _ bytes: [UInt8]
    ) throws(Ending) {
        var output = LineOutput()
        if json {
            try output.line(bytes)
        } else {
            for line in MemoryLine.details(found, links: links) { try output.line(line) }
        }
        try output.flush()
    }
}

/// `jameyctl memory stats`
struct MemoryStatsCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Counts memories, and minutes, hours and days of numbers.",
        discussion: "Exit codes: see jameyctl --help.")

    @OptionGroup var store: StoreOption

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        let reader = try store.open()
        let counts: MemoryCounts
        let rollUps: RollUpCounts
        do throws(ReadError) {
            counts = try reader.memoryCounts()
            rollUps = try reader.rollUpCounts()
        } catch { throw Ending(error) }
        var output = LineOutput()
        if json {
            try output.line(Self.json(counts, rollUps))
        } else {
            for line in Self.lines(counts) + Self.lines(rollUps) { try output.line(line) }
        }
        try output.flush()
    }

    private static func lines(_ counts: MemoryCounts) -> [String] {
        var lines = [("memories", String(counts.total))]
        lines += counts.layers.map { ("  " + $0.layer.rawValue, String($0.count)) }
        lines.append(("pinned", String(counts.pinned)))
        if let oldest = counts.oldest { lines.append(("oldest", oldest.rfc3339())) }
        if let newest = counts.newest { lines.append(("newest", newest.rfc3339())) }
        return lines.map { $0.0.padded(to: 13) + $0.1 }
    }

    private static func lines(_ rollUps: RollUpCounts) -> [String] {
        rollUps.tables.map { table in
            var line = table.resolution.rawValue.padded(to: 13) + String(table.count)
            if let oldest = table.oldest, let newest = table.newest {
                line += "  from \(oldest.rfc3339()) to \(newest.rfc3339())"
            }
            return line
        }
    }

    private static func json(_ counts: MemoryCounts, _ rollUps: RollUpCounts) -> [UInt8] {
        JSONWriter.object { json in
            json.member("total", counts.total)
            json.object("layers") { layers in
                for (layer, count) in counts.layers { layers.member(layer.rawValue, count) }
            }
            json.member("pinned", counts.pinned)
            json.member("oldest", ifPresent: counts.oldest?.rfc3339())
            json.member("newest", ifPresent: counts.newest?.rfc3339())
            json.object("rollups") { tables in
                for table in rollUps.tables {
                    tables.object(table.resolution.rawValue) { json in
                        json.member("count", table.count)
                        json.member("oldest", ifPresent: table.oldest?.rfc3339())
                        json.member("newest", ifPresent: table.newest?.rfc3339())
                    }
                }
                tables.member("waiting", rollUps.waiting)
            }
        }
    }
}
