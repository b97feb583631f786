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
            It is an event of the log, done by the agent where it runs, else at its store, and \
            takes the right to write there. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

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

    @Option(help: "Who says so (default: the account that runs this).")
    var user: String?

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
                author: user ?? Author.name)
            guard
                case .store(let checked) = try ControlRequest(
                    json: ControlRequest.store(draft).json)
            else { return draft }
            return checked
        }
    }

    func perform() throws(Ending) {
        let request: ControlRequest
        do throws(RequestError) {
            request = .store(try draft)
        } catch { throw .failure(Exit.data, error.message) }
        let answer = try Control(store: store.database).carryOut(request)
        guard let id = answer.memory else { throw .failure(Exit.io, "the agent names no memory") }
        var output = LineOutput()
        if json {
            let reader = try store.open()
            do throws(ReadError) {
                if let stored = try reader.memory(id) { try? output.line(stored.json()) }
            } catch { throw Ending(error) }
        } else {
            try output.line("memory \(id)")
        }
        try output.flush()
    }
}

/// `jameyctl memory pin`
struct MemoryPinCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Has a memory kept, however old it becomes.",
        discussion: """
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var memory: MemoryNumber

    func perform() throws(Ending) { try store.change(.pin(memory.id, true), of: memory.id) }
}

/// `jameyctl memory unpin`
struct MemoryUnpinCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Lets a memory be forgotten in its time.",
        discussion: """
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @OptionGroup var memory: MemoryNumber

    func perform() throws(Ending) { try store.change(.pin(memory.id, false), of: memory.id) }
}

extension MemoryID {
    static func check(_ id: MemoryID) throws(ValidationError) {
        guard id > 0 else { throw ValidationError("memories are numbered from 1 on, not \(id)") }
    }
}

extension StoreOption {
    /// Changes one memory; says nothing when that is done.
    func change(_ change: MemoryChange, of id: MemoryID) throws(Ending) {
        let request = ControlRequest.change(change, author: Author.name)
        guard try Control(store: database).carryOut(request).changed > 0 else {
            throw .noMemory(id)
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
