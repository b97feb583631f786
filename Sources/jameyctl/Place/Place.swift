/// Where a command asks.
enum Place {
    /// The store's file, whoever else has it open.
    case file(StoreFile)
    /// The agent, by its API.
    case daemon(DaemonClient)
}
