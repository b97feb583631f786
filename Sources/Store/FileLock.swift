import Glibc

/// An exclusive advisory lock on a file beside the database: one writing process for each store.
///
/// Held until `release`, or until the process ends, however it ends.
final class FileLock {
    enum Failure: Error, Equatable {
        case taken
        case system(code: Int32)
    }

    private var descriptor: Int32

    /// Takes the lock without waiting.
    init(path: String) throws(Failure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .taken : .system(code: code)
        }
    }

    deinit { release() }

    /// Gives the lock back. The file stays: removing it would let two processes lock two files.
    func release() {
        guard descriptor >= 0 else { return }
        // A child between its fork and its exec has the descriptor too, and would hold the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
        descriptor = -1
    }
}
