import ArgumentParser
import Core
import Store

/// `jameyctl memory forget`
struct MemoryForgetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forgets a memory, old memories, or everything about an entity.",
        discussion: """
            With a number the agent's API is asked as well as a file; --entity and --before need \
            the store's file. With --entity everything goes that the store has about it: memories, \
            pinned or not, events, decisions, and what the agent knows of it; then the files are \
            searched for the name. With a number or --before only memories go, and the events that \
            they came from stay in the log until retention deletes them. Exits with 1 when there \
            was nothing to forget. With --entity, exits with 75 when it is not done yet (it waits \
            for the broker, or for who reads the store, and the agent goes on by itself), and when \
            the name is still in the free space of the file: stop the agent and forget it again. \
            Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "Its number, as memory search shows it.")
    var id: MemoryID?

    @Option(help: "Everything about this entity instead.")
    var entity: String?

    @Option(help: "Memories made before then: 90d, 2h, or 2026-03-01T12:00:00Z.")
    var before: String?

    @Option(help: "With --before: only of this layer: episodic, semantic or long-term.")
    var layer: MemoryLayer?

    @Flag(help: "With --before: those that are pinned, too.")
    var pinned = false

    @Flag(help: "What was done as one JSON object.")
    var json = false

    func validate() throws {
        guard [id != nil, entity != nil, before != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("name a memory by its number, or --entity, or --before")
        }
        if let id { try MemoryID.check(id) }
        if before == nil, layer != nil || pinned {
            throw ValidationError("--layer and --pinned go with --before")
        }
        let bytes = entity?.utf8.count ?? 1
        guard (1...Limits.entityNameBytesMax).contains(bytes) else {
            throw ValidationError("--entity must have 1 to \(Limits.entityNameBytesMax) bytes")
        }
        if let before { _ = try Since(before, now: SystemTime().now(), option: "--before") }
    }

    func perform() throws(Ending) {
        let option = entity != nil ? "--entity" : before != nil ? "--before" : nil
        let place = try place.resolve(fileFor: option)
        if let id {
            try place.change(.forget(id), of: id) { DaemonRequest(.delete, "/memory/\($0)") }
            return try Confirmation.tell(asJSON: json) {
                $0.member("id", id)
                $0.member("forgotten", true)
            }
        }
        // The options have seen to it that it is the file.
        guard case .file(let store) = place else { return }
        if let entity { return try forget(entity, store) }
        guard let before else { return }
        let time: Timestamp
        do throws(ValidationError) {
            time = try Since(before, now: SystemTime().now(), option: "--before").time
        } catch { throw .failure(Exit.data, error.message) }
        try forget(before: time, store)
    }

    private func forget(_ entity: String, _ store: StoreFile) throws(Ending) {
        let done = try EntityForgetting(store: store.path, entity: entity).carryOut()
        let report = try ForgetReport(done, entity, store.path)
        try report.tell(asJSON: json)
        if let ending = report.ending { throw ending }
    }

    private func forget(before time: Timestamp, _ store: StoreFile) throws(Ending) {
        let change = MemoryChange.forgetBefore(time, layer: layer?.layer, alsoPinned: pinned)
        var count = 0
        // Each is an event and a transaction of its own, so that the agent is never kept waiting.
        while true {
            let changed = try store.carryOut(.change(change, author: Author.name)).changed
            count += changed
            if changed < Limits.forgetSliceRows { break }
        }
        guard count > 0 else { throw .failure(Exit.noValue, "there is no memory that old") }
        var output = LineOutput()
        if json {
            try output.line(JSONWriter.object { $0.member("memories", count) })
        } else {
            try output.line(count == 1 ? "1 memory" : "\(count) memories")
        }
        try output.flush()
    }
}
