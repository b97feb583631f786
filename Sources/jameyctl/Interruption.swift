import Glibc
import Synchronization

/// SIGINT and SIGTERM as a question, so that a follower ends with code 0, and between two
/// lines unless its reader stands still.
enum Interruption {
    /// The signal that has come; 0 for none.
    private static let number = Atomic<Int32>(0)

    /// From now on the first of these signals no longer ends the process; it interrupts a call that
    /// waits.
    static func watch() {
        // Made now: a signal handler must not be the first to touch it.
        number.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            Interruption.number.store(signal, ordering: .relaxed)
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
    static var hasCome: Bool { number.load(ordering: .relaxed) != 0 }

    /// How a command ends that is not through: as if the signal had ended it, or quietly where its
    /// reader has gone.
    static var ending: Ending {
        let signal = number.load(ordering: .relaxed)
        return signal == 0 ? .quiet : Ending(code: 128 + signal)
    }
}
