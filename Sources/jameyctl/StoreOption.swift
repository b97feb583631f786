import ArgumentParser
import Store

/// Where the store is.
struct StoreOption: ParsableArguments {
    @Option(
        help: "The agent's store, which may be in use or at rest.", completion: .file())
    var database = "/var/lib/jamey/jamey.db"

    func open() throws(Ending) -> StoreReader {
        do throws(ReadError) { return try StoreReader(path: database) } catch {
            throw Ending(error)
        }
    }
}
