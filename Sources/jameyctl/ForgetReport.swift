import Core
import Store

/// What a forgetting has come to, and what a search of the files says about that.
struct ForgetReport: Report {
    private let event: EventSequence
    private let isDone: Bool
    private let delay: ForgetDelay
    /// By table, in their order.
    private let erased: [(String, Int)]
    /// Nothing can be left in free space.
    private let isWrittenAnew: Bool
    private let entity: String
    /// nil where the files were not searched.
    private let search: EntitySearch?

    /// Searches the store's files for the name, in every form that it can have there.
    init(_ done: EntityForgetting.Done, _ entity: String, _ store: String) throws(Ending) {
        (event, isDone) = (done.job.sequence, done.job.isDone)
        delay = ForgetDelay(done)
        erased = done.job.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        (isWrittenAnew, self.entity) = (done.isWrittenAnew, entity)
        let forms = EntityForms(entity)
        search = try EntitySearch(
            for: forms,
            search: { (search) throws(Ending) in try Self.searched(store, search) },
            mentions: { () throws(Ending) in
                do throws(ReadError) {
                    return try StoreReader(path: store).mentions(of: forms)
                } catch { throw Ending(error) }
            })
    }

    /// As the daemon tells it, which never writes its file anew; nil where it is none of its.
    /// - Parameter isSearched: whether it has what a search of the files came to.
    init?(answer: JSONValue, _ entity: String, isSearched: Bool) {
        guard let event = answer["event_seq"]?.int, let state = answer["state"]?.string,
            let erased = Self.counts(answer["erased"])
        else { return nil }
        search = isSearched ? Self.searched(answer["search"]) : nil
        if isSearched, search == nil { return nil }
        (self.event, isDone) = (event, state == "done")
        delay = ForgetDelay(answer: answer)
        self.erased = erased
        (isWrittenAnew, self.entity) = (false, entity)
    }

    private static func searched(_ found: JSONValue?) -> EntitySearch? {
        guard let hits = count(found?["found"]), let files = count(found?["files"]),
            let bytes = count(found?["bytes"]), let mentions = counts(found?["mentions"])
        else { return nil }
        return EntitySearch(
            hits: hits, files: files, bytesRead: bytes,
            mentions: mentions.map { (table: $0.0, rows: $0.1) })
    }

    private static func counts(_ value: JSONValue?) -> [(String, Int)]? {
        guard case .object(let object)? = value else { return nil }
        var counts: [(String, Int)] = []
        for member in object.members {
            guard let rows = count(member.value) else { return nil }
            counts.append((member.name.printable, rows))
        }
        return counts
    }

    /// As large as a file can be, and no number that cannot be reckoned with.
    private static func count(_ value: JSONValue?) -> Int? {
        value?.int.flatMap { (0...1 << 50).contains($0) ? Int($0) : nil }
    }

    private static func searched(
        _ store: String, _ search: FileSearch
    ) throws(Ending) -> FileSearch {
        var search = search
        // The log first: a page only goes from it to the file.
        for suffix in ["-wal", ""] { try search.search(store + suffix) }
        return search
    }

    /// `41.3 MiB`
    private static func size(_ bytes: Int) -> String {
        let tenths = bytes * 10 / (1 << 20)
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private var outcome: String {
        if !isDone { return "not done yet: \(delay.text)" }
        guard let search else {
            return "done; the files were not searched: it takes too long; --database searches them "
                + "without a bound"
        }
        return outcome(of: search)
    }

    private func outcome(of search: EntitySearch) -> String {
        let name = entity.printable
        let files = search.files == 1 ? "1 file" : "\(search.files) files"
        let read = "\(files), \(Self.size(search.bytesRead)) read"
        if search.isClean { return "nothing of \(name) is left in \(read)" }
        let count = "\(name) stands \(search.hits) times in \(read)"
        if search.mentions.isEmpty {
            return isWrittenAnew
                ? "\(count): in no row, and the file was written anew, so it is other bytes"
                : "\(count): in the free space of the file"
        }
        let tables = search.mentions.map { "\($0.rows) of \($0.table)" }.joined(separator: ", ")
        let told = "\(count): rows that are not about it name it: \(tables)"
        if isWrittenAnew { return told }
        return told + "; copies in the free space of the file cannot be told from these: stop the "
            + "agent and forget it again, then the file is written anew"
    }

    var lines: [String] {
        erased.map { $0.0.padded(to: 17) + String($0.1) } + [outcome]
    }

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("event", event)
            json.member("done", isDone)
            if !isDone { json.member("waits_for", ifPresent: delay.cause) }
            json.object("erased") { for (table, rows) in erased { $0.member(table, rows) } }
            if let search {
                json.member("found", search.hits)
                json.object("mentions") { json in
                    for (table, rows) in search.mentions { json.member(table, rows) }
                }
                json.member("files", search.files)
                json.member("bytes", search.bytesRead)
            }
            json.member("written_anew", isWrittenAnew)
        }
    }

    /// How the command ends; nil where all is as it should be.
    var ending: Ending? {
        if !isDone {
            return .failure(
                Exit.tryAgain,
                "the agent goes on by itself; forget it again to see whether it is "
                    + "done")
        }
        guard let search else {
            return .failure(
                Exit.tryAgain,
                "nothing says that nothing of it is left: on the agent's machine forget it again "
                    + "with --database")
        }
        if !search.isClean, search.mentions.isEmpty, !isWrittenAnew {
            return .failure(
                Exit.tryAgain, "stop the agent and forget it again: then the file is written anew")
        }
        let isNothing = erased.allSatisfy { $0.0 == "checkpoint_part" }
        if isNothing { return .failure(Exit.noValue, "there was nothing about it") }
        return nil
    }
}

extension EntitySearch {
    fileprivate var isClean: Bool { hits == 0 && mentions.isEmpty }
}
