import Glibc
import Synchronization

/// SIGINT and SIGTERM as a question, and SIGHUP where somebody wants it, so that a follower ends
/// with code 0, and between two lines unless its reader stands still.
enum Interruption {
    /// The signal that has come; 0 for none.
    private static let number = Atomic<Int32>(0)

    /// From now on the first of these signals no longer ends the process; it interrupts a call that
    /// waits.
    /// - Parameter withHangUp: SIGHUP is one of them, which comes when a session closes; not where
    ///   it is ignored: whoever starts us with nohup(1) wants us to go on.
    static func watch(withHangUp: Bool = false) {
        // Made now: a signal handler must not be the first to touch it.
        number.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            Interruption.number.store(signal, ordering: .relaxed)
        }
        // Without SA_RESTART: a write to a pipe that nobody empties must end, too.
        action.sa_flags = 0
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] + (withHangUp && !isIgnored(SIGHUP) ? [SIGHUP] : []) {
            sigaction(signal, &action, nil)
            sigaddset(&signals, signal)
        }
        // Whoever started us may have had them blocked, which is inherited.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var now = sigaction()
        sigaction(signal, nil, &now)
        // A function of C cannot be compared; that which stands for SIG_IGN is at address 1.
        let handler = unsafeBitCast(now.__sigaction_handler.sa_handler, to: UInt.self)
        return handler == unsafeBitCast(SIG_IGN, to: UInt.self)
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
