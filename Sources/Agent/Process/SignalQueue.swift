import CLinux
import Glibc

/// Signals as input of the loop (signalfd), so that nothing happens between two steps of a path.
///
/// Make it before any other thread is started: the signals are blocked for the whole process.
public struct SignalQueue {
    /// What to poll for reading.
    public let descriptor: Int32

    /// - Parameter signals: those that the loop answers from now on.
    /// - Returns: nil where the kernel has no descriptor left; exit.
    public init?(_ signals: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    /// The signals that came, in the order of the kernel; empty when none did.
    public func read() -> [Int32] {
        var signals: [Int32] = []
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while Glibc.read(descriptor, &information, size) == size {
            signals.append(Int32(information.ssi_signo))
        }
        return signals
    }
}
