import ArgumentParser
import Core
import Store

/// `jameyctl memory forget`
struct MemoryForgetCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forgets a memory, old memories, or everything about an entity.",
        discussion: """
            With --entity everything goes that the store has about it: memories, pinned or not, \
            events, decisions, and what the agent knows of it; then the files are searched for the \
            name, by the agent itself where its API is asked. With a number or --before only \
            memories go, and the events that they came from stay in the log until retention \
            deletes them. Exits with 1 when there was nothing to forget. With --entity, exits with \
            75 when it is not done yet (it waits for the broker, or for who reads the store, and \
            the agent goes on by itself), when its API has not searched the files as that takes \
            too long, and when the name is still in the free space of the file: stop the agent \
            and forget it again, with --database. Exit codes: see jameyctl --help.
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
        let place = try place.resolve()
        if let id {
            try place.change(.forget(id), of: id) { DaemonRequest(.delete, "/memory/\($0)") }
            return try Confirmation.tell(asJSON: json) {
                $0.member("id", id)
                $0.member("forgotten", true)
            }
        }
        if let entity { return try forget(entity, place) }
        guard let before else { return }
        let time: Timestamp
        do throws(ValidationError) {
            time = try Since(before, now: SystemTime().now(), option: "--before").time
        } catch { throw .failure(Exit.data, error.message) }
        try forget(before: time, place)
    }

    private func forget(_ entity: String, _ place: Place) throws(Ending) {
        let report: ForgetReport
        switch place {
        case .file(let store):
            report = try ForgetReport(try store.forget(entity), entity, store.path)
        case .daemon(let daemon):
            report = try DaemonForgetting(daemon: daemon, entity: entity).carryOut()
        }
        try report.tell(asJSON: json)
        if let ending = report.ending { throw ending }
    }

    private func forget(before time: Timestamp, _ place: Place) throws(Ending) {
        var count = 0
        // Each is an event and a transaction of its own, so that the agent is never kept waiting.
        while true {
            let (changed, isMore) = try forgetSome(before: time, place)
            count += changed
            if !isMore { break }
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

    /// The oldest of them.
    private func forgetSome(
        before time: Timestamp, _ place: Place
    ) throws(Ending) -> (count: Int, isMore: Bool) {
        switch place {
        case .file(let store):
            let change = MemoryChange.forgetBefore(
                time, layer: layer?.layer, alsoPinned: pinned)
            let changed = try store.carryOut(.change(change, author: Author.name)).changed
            return (changed, changed >= Limits.forgetSliceRows)
        case .daemon(let daemon):
            let query: DaemonQuery = [
                ("before", time.rfc3339(.microseconds)), ("layer", layer?.rawValue),
                ("pinned", pinned ? "true" : nil),
            ]
            let request = DaemonRequest(.delete, "/memory", query: query)
            let answer = try daemon.askPatiently(request).piece
            guard let count = answer["memories"]?.int, let isMore = answer["more"]?.bool,
                (0...Int64(Int32.max)).contains(count), count > 0 || !isMore
            else { throw DaemonAnswer.foreign }
            return (Int(count), isMore)
        }
    }
}
