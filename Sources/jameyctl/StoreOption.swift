import ArgumentParser
import Proof
import Store

/// Where the store is, of a command that needs its file.
struct StoreOption: ParsableArguments {
    @Option(
        help: """
            The agent's store, of which this command needs the file itself: in use or at rest.
            """,
        completion: .file())
    var database = StoreFile.pathDefault

    var file: StoreFile { StoreFile(path: database) }

    func open() throws(Ending) -> StoreReader { try file.open() }

    func history() throws(Ending) -> History { try file.history() }
}
