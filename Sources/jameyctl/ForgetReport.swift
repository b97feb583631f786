import Core
import Store

/// What a forgetting has come to, and what a search of the files says about that.
struct ForgetReport: Report {
    private let job: Forgetting
    /// Nothing can be left in free space.
    private let isWrittenAnew: Bool
    private let entity: String
    private var search: FileSearch
    /// Rows about others that name the entity, by table.
    private var mentions: [(table: String, rows: Int)] = []

    /// Searches the store's files for the name, in every form that it can have there.
    init(_ done: EntityForgetting.Done, _ entity: String, _ store: String) throws(Ending) {
        (self.job, self.entity) = (done.job, entity)
        isWrittenAnew = done.isWrittenAnew
        let forms = EntityForms(entity)
        search = try Self.searched(store, FileSearch(forms.all))
        guard search.hits > 0 else { return }
        let found: EntityMentions
        do throws(ReadError) {
            found = try StoreReader(path: store).mentions(of: forms)
        } catch { throw Ending(error) }
        mentions = found.tables
        // What is a part of another name, as press-7 of press-71, is none of this one's.
        if !found.words.isEmpty {
            search = try Self.searched(store, FileSearch(forms.all, besides: found.words))
        }
    }

    private static func searched(
        _ store: String, _ search: FileSearch
    ) throws(Ending) -> FileSearch {
        var search = search
        for suffix in ["", "-wal"] { try search.search(store + suffix) }
        return search
    }

    private var erased: [(String, Int)] {
        job.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private var isClean: Bool { search.hits == 0 && mentions.isEmpty }

    /// `41.3 MiB`
    private static func size(_ bytes: Int) -> String {
        let tenths = bytes * 10 / (1 << 20)
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private var outcome: String {
        let name = entity.printable
        let files = search.files == 1 ? "1 file" : "\(search.files) files"
        let read = "\(files), \(Self.size(search.bytesRead)) read"
        if !job.isDone {
            return "not done yet: it waits for the broker, or for who reads the store"
        }
        if isClean { return "nothing of \(name) is left in \(read)" }
        let count = "\(name) stands \(search.hits) times in \(read)"
        if mentions.isEmpty {
            return isWrittenAnew
                ? "\(count): in no row, and the file was written anew, so it is other bytes"
                : "\(count): in the free space of the file"
        }
        let tables = mentions.map { "\($0.rows) of \($0.table)" }.joined(separator: ", ")
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
            json.member("event", job.sequence)
            json.member("done", job.isDone)
            json.object("erased") { for (table, rows) in erased { $0.member(table, rows) } }
            json.member("found", search.hits)
            json.object("mentions") { for (table, rows) in mentions { $0.member(table, rows) } }
            json.member("files", search.files)
            json.member("bytes", search.bytesRead)
            json.member("written_anew", isWrittenAnew)
        }
    }

    /// How the command ends; nil where all is as it should be.
    var ending: Ending? {
        if !job.isDone {
            return .failure(
                Exit.tryAgain,
                "the agent goes on by itself; forget it again to see whether it is "
                    + "done")
        }
        if !isClean, mentions.isEmpty, !isWrittenAnew {
            return .failure(
                Exit.tryAgain, "stop the agent and forget it again: then the file is written anew")
        }
        let isNothing = job.counts.keys.allSatisfy { $0 == "checkpoint_part" }
        if isNothing { return .failure(Exit.noValue, "there was nothing about it") }
        return nil
    }
}
