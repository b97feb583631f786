import ArgumentParser
import Core
import Glibc
import Proof
import Store

/// `jameyctl memory store`
struct MemoryStoreCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Stores what a person knows.",
        discussion: """
            It is an event of the log. The agent's API says by itself who asks, by the account or \
            the key; --user names somebody at the store's file, as does --database: there the \
            agent does it where it runs, and it takes the right to write there. Exit codes: see \
            jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "What to remember; several words are one text.")
    var content: [String]

    @Option(help: "episodic, semantic or long-term.")
    var layer = MemoryLayer.semantic

    @Option(help: "What it is about.")
    var entity: String?

    @Option(
        name: .customLong("tag"),
        help: "A tag, up to \(Limits.memoryTagsMax); named once for each.")
    var tags: [String] = []

    @OptionGroup var author: AuthorOption

    @Flag(help: "Shows the memory as one JSON object.")
    var json = false

    func validate() throws {
        do throws(RequestError) { _ = try draft } catch { throw ValidationError(error.message) }
    }

    /// Checked as a request by MQTT is.
    private var draft: MemoryDraft {
        get throws(RequestError) {
            let text = content.joined(separator: " ")
            let draft = MemoryDraft(
                layer: layer.layer, content: text, tags: tags, entity: entity ?? "",
                author: author.name)
            guard
                case .store(let checked) = try ControlRequest(
                    json: ControlRequest.store(draft).json)
            else { return draft }
            return checked
        }
    }

    func perform() throws(Ending) {
        let draft: MemoryDraft
        do throws(RequestError) { draft = try self.draft } catch {
            throw .failure(Exit.data, error.message)
        }
        var output = LineOutput()
        let (id, told) = try stored(draft, at: try author.resolve(place))
        try output.line(json ? told : Array("memory \(id)".utf8))
        try output.flush()
    }

    /// - Returns: its number, and all of it as JSON.
    private func stored(
        _ draft: MemoryDraft, at place: Place
    ) throws(Ending) -> (MemoryID, [UInt8]) {
        switch place {
        case .file(let store):
            let answer = try store.carryOut(.store(draft))
            guard let id = answer.memory else {
                throw .failure(Exit.io, "the agent names no memory")
            }
            guard json else { return (id, []) }
            let reader = try store.open()
            let stored: StoredMemory?
            do throws(ReadError) { stored = try reader.memory(id) } catch { throw Ending(error) }
            guard let stored else { throw .noMemory(id) }
            return (id, stored.json())
        case .daemon(let daemon):
            let answer = try daemon.post("/memory", Self.body(draft))
            return (try StoredMemory.answered(answer.piece).id, answer.body)
        }
    }

    private static func body(_ draft: MemoryDraft) -> [UInt8] {
        JSONWriter.object { json in
            json.member("layer", draft.layer.rawValue)
            json.member("content", draft.content)
            if !draft.tags.isEmpty { json.member("tags", draft.tags) }
            if !draft.entity.isEmpty { json.member("entity", draft.entity) }
        }
    }
}

/// `jameyctl memory pin`
struct MemoryPinCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Has a memory kept, however old it becomes.",
        discussion: """
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var memory: MemoryNumber

    @OptionGroup var confirmation: Confirmation

    func perform() throws(Ending) {
        try place.resolve().change(.pin(memory.id, true), of: memory.id) { id in
            DaemonRequest(.put, "/memory/\(id)/pin")
        }
        try confirmation.tell {
            $0.member("id", memory.id)
            $0.member("pinned", true)
        }
    }
}

/// `jameyctl memory unpin`
struct MemoryUnpinCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Lets a memory be forgotten in its time.",
        discussion: """
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var memory: MemoryNumber

    @OptionGroup var confirmation: Confirmation

    func perform() throws(Ending) {
        try place.resolve().change(.pin(memory.id, false), of: memory.id) { id in
            DaemonRequest(.delete, "/memory/\(id)/pin")
        }
        try confirmation.tell {
            $0.member("id", memory.id)
            $0.member("pinned", false)
        }
    }
}

extension MemoryID {
    static func check(_ id: MemoryID) throws(ValidationError) {
        guard id > 0 else { throw ValidationError("memories are numbered from 1 on, not \(id)") }
    }
}

extension Place {
    /// Changes one memory; says nothing when that is done.
    /// - Parameter request: what the daemon is asked for it.
    func change(
        _ change: MemoryChange, of id: MemoryID, by request: (MemoryID) -> DaemonRequest
    ) throws(Ending) {
        switch self {
        case .file(let store):
            let asked = ControlRequest.change(change, author: Author.name)
            guard try store.carryOut(asked).changed > 0 else { throw .noMemory(id) }
        case .daemon(let daemon): try daemon.ask(request(id), missing: .noMemory(id))
        }
    }
}

extension Ending {
    static func noMemory(_ id: MemoryID) -> Ending {
        .failure(Exit.noValue, "there is no memory \(id); jameyctl memory search shows which are")
    }
}

/// Who runs the command, as the log is to name them.
enum Author {
    /// Whoever called sudo, else the account; its number where it has no name.
    static var name: String {
        if let sudo = getenv("SUDO_USER"), sudo.pointee != 0 { return String(cString: sudo) }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
            return String(getuid())
        }
        return String(cString: name)
    }
}
