import Core

@testable import Store

extension StoreWriter {
    /// All checkpoints, newest first.
    func checkpoints() throws(ReadError) -> [StoredCheckpoint] {
        var found: [StoredCheckpoint] = []
        while let next = try storedCheckpoint(fromNewest: found.count) { found.append(next) }
        return found
    }
}
