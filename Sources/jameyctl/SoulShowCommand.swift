import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl soul show`
struct SoulShowCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what is believed of an entity, and why.",
        discussion: """
            The evidence that has most to do with trust now comes first: by how much trust would \
            be otherwise without it, what it did when it came, and how much of it is left. Below \
            it stand the newest memories about the entity, its own and those linked to it, also \
            where nothing was recorded about its trust. Exits with 1 when there is neither. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var entity: EntityName

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        let text = try report(at: try place.resolve())
        var output = LineOutput()
        if json {
            try output.line(text.json)
        } else {
            for line in text.lines(columns: output.columns) { try output.line(line) }
        }
        try output.flush()
    }

    private func report(at place: Place) throws(Ending) -> SoulText {
        switch place {
        case .file(let store):
            let reader = try store.open()
            let found: SoulReport?
            do throws(ReadError) {
                found = try SoulReport(of: entity.name, reader, at: SystemTime().now())
            } catch { throw Ending(error) }
            guard let found else { throw .noSoul(entity.name) }
            return try SoulText(found.json, end: found.end)
        case .daemon(let daemon):
            let request = DaemonRequest(.get, "/soul/\(entity.name)")
            return try SoulText(try daemon.ask(request, missing: .noSoul(entity.name)).body)
        }
    }
}

/// The entity that a command is about.
struct EntityName: ParsableArguments {
    @Argument(help: "The entity, as rules name it.")
    var name: String

    init() {}

    func validate() throws {
        guard (1...Limits.entityNameBytesMax).contains(name.utf8.count) else {
            throw ValidationError(
                "the entity must have 1 to \(Limits.entityNameBytesMax) bytes")
        }
    }
}

extension Ending {
    static func noSoul(_ entity: String) -> Ending {
        .failure(
            Exit.noValue,
            "nothing was recorded about '\(entity.printable)'; jameyctl soul list shows the others")
    }
}
