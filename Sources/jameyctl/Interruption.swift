import Glibc
import Synchronization

/// SIGINT and SIGTERM as a question, so that a follower ends with code 0, and between two
/// lines unless its reader stands still.
enum Interruption {
    private static let flag = Atomic(false)

    /// From now on the first of these signals no longer ends the process; it interrupts a call that
    /// waits.
    static func watch() {
        // Made now: a signal handler must not be the first to touch it.
        flag.store(false, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            Interruption.flag.store(true, ordering: .relaxed)
        }
        // Without SA_RESTART: a write to a pipe that nobody empties must end, too.
        action.sa_flags = 0
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // Whoever started us may have had them blocked, which is inherited.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Whether one of them has come.
    static var hasCome: Bool { flag.load(ordering: .relaxed) }
}
