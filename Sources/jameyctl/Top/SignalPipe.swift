import Glibc
import Synchronization

/// Signals as bytes of a pipe: a loop waits for them as for everything else, and misses none
/// between its last look and its waiting.
enum SignalPipe {
    /// What stands for no signal: somebody has something to tell.
    static let bell: UInt8 = 0

    private static let writer = Atomic<Int32>(-1)

    /// From now on these signals do nothing but to write their number.
    ///
    /// For the life of the process, once.
    /// - Returns: where they are read; nil where there is no pipe, and `errno` says why.
    static func open(for signals: [Int32]) -> Int32? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // A full pipe says as much as one more byte would.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        writer.store(ends[1], ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            // The code that it comes between may be about to read it.
            let code = errno
            SignalPipe.write(UInt8(truncatingIfNeeded: signal))
            errno = code
        }
        action.sa_flags = SA_RESTART
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals {
            sigaction(signal, &action, nil)
            sigaddset(&set, signal)
        }
        // Whoever started us may have had them blocked, which is inherited.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        return ends[0]
    }

    /// Wakes whoever waits.
    static func ring() { write(bell) }

    private static func write(_ byte: UInt8) {
        var byte = byte
        _ = Glibc.write(writer.load(ordering: .relaxed), &byte, 1)
    }

    /// What has come since it was asked last, in its order.
    static func take(from reader: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(reader, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}
