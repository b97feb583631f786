import Glibc
import Synchronization

/// An exclusive advisory lock on a file: one process for what stands beside it, as the one that
/// writes to a store.
///
/// Held until `release`, or until the process ends, however it ends.
public final class FileLock: Sendable {
    public enum Failure: Error, Equatable {
        case taken
        case system(code: Int32)
    }

    /// -1 once it is given back.
    private let descriptor: Atomic<Int32>

    /// Takes the lock without waiting.
    /// - Parameter path: of the file, which is made with mode 0600 where there is none.
    public init(path: String) throws(Failure) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .system(code: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(opened)
            throw code == EWOULDBLOCK ? .taken : .system(code: code)
        }
        descriptor = Atomic(opened)
    }

    deinit { release() }

    /// Gives the lock back. The file stays: removing it would let two processes lock two files.
    public func release() {
        let held = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        guard held >= 0 else { return }
        // A child between its fork and its exec has the descriptor too, and would hold the lock.
        flock(held, LOCK_UN)
        close(held)
    }
}
