import Glibc

/// SIGINT and SIGTERM as a question that a loop asks, so that it ends in its own order.
struct Interruption {
    private var signals: sigset_t

    /// Holds both signals back from now on: the process no longer ends by them.
    init() {
        signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // A broker that goes away is an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether one of them has come.
    var hasCome: Bool {
        var pending = sigset_t()
        sigpending(&pending)
        return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1
    }
}
