import Core
import Glibc
import Store

/// Shows decisions as they are made, until a signal comes or nobody reads any more.
///
/// It asks the store again and again, which costs the agent nothing, and needs no agent that runs.
struct DecisionFollower {
    let path: String
    /// How long it bears a store that is being made, migrated or locked.
    private let patience: Duration
    private var feed: DecisionFeed
    private var opened: (reader: StoreReader, file: FileIdentity?)?
    private var isWaiting = false
    /// Since when every attempt has failed.
    private var failingSince: MonotonicTime?

    init(path: String, feed: DecisionFeed, patience: Duration = Limits.followPatienceMax) {
        self.path = path
        self.patience = patience
        self.feed = feed
    }

    /// - Throws: why it cannot go on; it returns after a signal, and when its reader is gone.
    mutating func run() throws(Ending) {
        repeat {
            do throws(Ending) {
                try look()
                failingSince = nil
            } catch {
                guard let cause = error.cause, isPassing(cause) else { throw error }
            }
        } while feed.output.wait(Limits.followInterval)
    }

    private mutating func look() throws(Ending) {
        let file = FileIdentity(path)
        if let opened, file == nil || file == opened.file { return try feed.goOn(opened.reader) }
        let reader: StoreReader
        do throws(ReadError) { reader = try StoreReader(path: path) } catch { throw Ending(error) }
        if opened == nil { try feed.begin(reader) } else { try feed.change(to: reader) }
        opened = (reader, file)
    }

    /// Whether to go on after an error: a store may be about to be made, migrated or replaced.
    private mutating func isPassing(_ error: ReadError) -> Bool {
        switch error {
        case .noSuchFile:
            if !isWaiting { StandardError.write("jameyctl: \(error) yet: waiting for it") }
            isWaiting = true
            return true
        case .busy, .notADatabase, .olderVersion:
            let now = SystemTime().monotonic()
            let since = failingSince ?? now
            failingSince = since
            return now - since < patience
        case .newerVersion, .corrupt, .permission, .io:
            return false
        }
    }
}

/// Tells a file from another one that has taken its path.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
