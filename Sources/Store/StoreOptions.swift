/// What a commit survives.
public enum Durability: String, Sendable, CaseIterable {
    /// A power cut: a commit that is asked to be synced is on the disk before it returns.
    case power
    /// A crash of the process, but not of the power: no commit waits for the disk. For worn flash.
    case process
}

/// Moments at which the crash tests end the process.
public enum Failpoint: String, Sendable, CaseIterable {
    /// Everything of the batch is written, the commit is not.
    case beforeCommit
    /// The batch is committed; the caller does not know it yet.
    case afterCommit
    /// As `beforeCommit`, in a batch that holds a checkpoint of the mind.
    case duringCheckpoint
    /// In a migration, when only its commit is missing.
    case duringMigration
    /// In a slice of consolidation, when only its commit is missing.
    case duringConsolidation
}

/// What programs, tests and simulations change about a store.
public struct StoreOptions {
    /// `maintain` copies the write-ahead log into the file on a thread of its own. For the daemon;
    /// a simulation would not be the same twice.
    public var copiesBeside: Bool
    /// Called at each failpoint, on the caller's thread. nil costs nothing.
    public var failpoint: ((Failpoint) -> Void)?
    /// Name of a registered SQLite VFS: the seam through which tests inject faults of the disk.
    public var vfs: String?
    /// The log id of a new file, 8 hexadecimal digits, where it must not be random.
    public var logID: String?

    public init(
        copiesBeside: Bool = false, failpoint: ((Failpoint) -> Void)? = nil,
        vfs: String? = nil, logID: String? = nil
    ) {
        self.copiesBeside = copiesBeside
        self.failpoint = failpoint
        self.vfs = vfs
        self.logID = logID
    }
}
