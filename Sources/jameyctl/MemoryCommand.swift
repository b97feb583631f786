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
