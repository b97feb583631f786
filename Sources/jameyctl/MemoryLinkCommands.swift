import ArgumentParser
import Core
import Store

/// `jameyctl memory link`
struct MemoryLinkCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Links a memory to a further entity.",
        discussion: """
            jameyctl soul show lists it there, and memory show tells it; memory search --entity \
            finds a memory by its own entity only. A memory has up to \(Limits.memoryLinksMax) \
            links. Exits with 1 when there is no such memory. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var memory: MemoryNumber

    @OptionGroup var entity: EntityName

    @OptionGroup var confirmation: Confirmation

    func perform() throws(Ending) {
        switch try place.resolve() {
        case .file(let store): try link(in: store)
        case .daemon(let daemon):
            try daemon.ask(
                DaemonRequest(.put, "/memory/\(memory.id)/links/\(entity.name)"),
                missing: .noMemory(memory.id))
        }
        try confirmation.tell {
            $0.member("id", memory.id)
            $0.member("entity", entity.name)
            $0.member("linked", true)
        }
    }

    private func link(in store: StoreFile) throws(Ending) {
        let request = ControlRequest.change(
            .link(memory.id, entity.name, true), author: Author.name)
        guard try store.carryOut(request).changed == 0 else { return }
        let reader = try store.open()
        let isThere: Bool
        do throws(ReadError) {
            isThere = try reader.memory(memory.id) != nil
        } catch { throw Ending(error) }
        guard isThere else { throw .noMemory(memory.id) }
        throw .failure(
            Exit.data,
            "memory \(memory.id) is linked to \(Limits.memoryLinksMax) entities, as many as can be")
    }
}

/// `jameyctl memory unlink`
struct MemoryUnlinkCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink", abstract: "Takes the link of a memory to an entity away.",
        discussion: "Exits with 1 when there is none. Exit codes: see jameyctl --help.")

    @OptionGroup var place: PlaceOptions

    @OptionGroup var memory: MemoryNumber

    @OptionGroup var entity: EntityName

    @OptionGroup var confirmation: Confirmation

    func perform() throws(Ending) {
        let missing = Ending.failure(
            Exit.noValue,
            "memory \(memory.id) is not linked to '\(entity.name.printable)'; jameyctl memory show "
                + "\(memory.id) tells its links")
        switch try place.resolve() {
        case .file(let store):
            let request = ControlRequest.change(
                .link(memory.id, entity.name, false), author: Author.name)
            guard try store.carryOut(request).changed > 0 else { throw missing }
        case .daemon(let daemon):
            try daemon.ask(
                DaemonRequest(.delete, "/memory/\(memory.id)/links/\(entity.name)"),
                missing: missing)
        }
        try confirmation.tell {
            $0.member("id", memory.id)
            $0.member("entity", entity.name)
            $0.member("linked", false)
        }
    }
}
