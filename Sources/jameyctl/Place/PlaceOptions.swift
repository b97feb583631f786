import ArgumentParser

/// Where a command asks: the daemon, or the store's file.
struct PlaceOptions: ParsableArguments {
    @OptionGroup var daemon: DaemonOptions

    @Option(
        help: """
            The store's file instead, in use or at rest. Where no place is named, the agent is \
            asked where it answers at its socket, else \(StoreFile.pathDefault).
            """,
        completion: .file())
    var database: String?

    func validate() throws { try daemon.check(beside: database) }

    /// What was said; else the agent where it answers, else its file.
    /// - Parameters:
    ///   - option: what only the file can do; nil where both can do it.
    ///   - socket: where the agent is looked for that nobody has named.
    ///   - store: its file.
    /// - Throws: where the daemon is meant and `option` needs the file; what is wrong with the
    ///   daemon's options.
    func resolve(
        fileFor option: String? = nil, socket: String = DaemonOptions.socketDefault,
        store: String = StoreFile.pathDefault
    ) throws(Ending) -> Place {
        if let database { return .file(StoreFile(path: database)) }
        if daemon.isMeant || daemon.namesPlace {
            guard let option else { return .daemon(try daemon.client(socket: socket)) }
            throw .failure(
                Exit.usage, "\(option) needs the store's file: name it with --database")
        }
        if option == nil, let client = try answering(at: socket) { return .daemon(client) }
        return .file(StoreFile(path: store, silentSocket: option == nil ? socket : nil))
    }

    /// nil where nobody answers.
    /// - Throws: where this account may not ask.
    private func answering(at socket: String) throws(Ending) -> DaemonClient? {
        guard FileIdentity(socket) != nil else { return nil }
        let client = try daemon.client(socket: socket)
        return try client.isThere() ? client : nil
    }
}
