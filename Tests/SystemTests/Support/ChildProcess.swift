import BrokerTestSupport
import Glibc

/// A program that a test runs, with its standard error in a file; killed with its owner.
final class ChildProcess {
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let processID: pid_t
    let startedAt = ContinuousClock.now
    private var end: End?

    /// - Parameters:
    ///   - environment: everything that the program finds in its environment.
    ///   - log: where its standard error is appended to.
    init(_ arguments: [String], environment: [String: String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, flags, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Tests run on threads that block every signal, and a child inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var processID: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let code = Self.withCStrings(arguments) { argv in
            Self.withCStrings(variables) { envp in
                posix_spawnp(&processID, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else {
            throw TestFailure("cannot run \(arguments[0]): \(String(cString: strerror(code)))")
        }
        self.processID = processID
    }

    deinit { kill() }

    func signal(_ number: Int32) {
        guard poll() == nil else { return }
        Glibc.kill(processID, number)
    }

    /// How it ended; nil while it runs.
    func poll() -> End? {
        if end == nil { collect(WNOHANG) }
        return end
    }

    var isRunning: Bool { poll() == nil }

    /// Ends it as a power cut would, and collects it.
    func kill() {
        signal(SIGKILL)
        if end == nil { collect(0) }
    }

    private func collect(_ options: Int32) {
        var status: Int32 = 0
        guard waitpid(processID, &status, options) == processID else { return }
        let signal = status & 0x7f
        end = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    private static func withCStrings<R>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
    ) -> R {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}
