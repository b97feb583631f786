import ArgumentParser

/// Where a proof comes from: the store's file, unless the command line names the daemon. What is
/// proven should not come from what it is about, nor because a variable was set some time ago.
struct ProofPlaceOptions: ParsableArguments {
    @OptionGroup var daemon: DaemonOptions

    @Option(
        help: """
            The store's file, in use or at rest, which is read where no option names the agent; \
            \(DaemonOptions.urlVariable) alone does not (default: \(StoreFile.pathDefault)).
            """,
        completion: .file())
    var database: String?

    func validate() throws { try daemon.check(beside: database) }

    /// - Parameter option: what only the file can do; nil where both can do it.
    /// - Throws: where the daemon is named and `option` needs the file; what is wrong with the
    ///   daemon's options.
    func resolve(fileFor option: String? = nil) throws(Ending) -> Place {
        if let database { return .file(StoreFile(path: database)) }
        guard daemon.isMeant else {
            return .file(StoreFile(path: StoreFile.pathDefault))
        }
        guard let option else { return .daemon(try daemon.client()) }
        throw .failure(Exit.usage, "\(option) needs the store's file: name it with --database")
    }
}
