import CMosquitto
import Glibc
import Synchronization

/// One start of a connection on a thread of its own, because resolving a name blocks for as long
/// as the resolver likes.
///
/// The thread owns the connection until `isFinished`; then the loop does. Whoever lets go of the
/// dial last destroys it: to give up, the loop drops it, and the thread cleans up when the
/// resolver returns.
final class Dial {
    private let connection: Connection
    private let finished = Atomic<Bool>(false)
    /// Written by the thread before `finished`, read by the loop after it.
    private var failure: String?
    private let target: DialTarget
    /// One end of a pair whose other end is closed when the thread is done: it can then be read.
    let descriptor: Int32
    private let threadEnd: Int32

    /// Threads that run, for the bound on those that hang.
    private static let running = Atomic<Int>(0)

    /// Starts the thread.
    /// - Throws: why it could not be started.
    static func start(
        _ connection: Connection, _ target: DialTarget, atMost limit: Int
    ) throws(SetupFailure) -> Dial {
        guard running.load(ordering: .relaxed) < limit else {
            throw SetupFailure(reason: "the resolver has not answered \(limit) earlier questions")
        }
        let dial = try Dial(connection, target)
        running.add(1, ordering: .relaxed)
        let code = dial.spawn()
        guard code == 0 else {
            running.subtract(1, ordering: .relaxed)
            close(dial.threadEnd)
            throw SetupFailure(reason: "no thread to dial from: " + String(cString: strerror(code)))
        }
        return dial
    }

    private init(_ connection: Connection, _ target: DialTarget) throws(SetupFailure) {
        var ends: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
            throw SetupFailure(reason: "no pair to dial with: " + String(cString: strerror(errno)))
        }
        descriptor = ends[0]
        threadEnd = ends[1]
        self.connection = connection
        self.target = target
    }

    deinit { close(descriptor) }

    /// Once true, `result` may be asked.
    var isFinished: Bool { finished.load(ordering: .acquiring) }

    /// The connection, with the reason if it could not be started. Call when `isFinished` only.
    var result: (connection: Connection, failure: String?) {
        precondition(isFinished)
        return (connection, failure)
    }

    private func spawn() -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Signals belong to the loop's thread; a thread inherits the mask of its maker.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let reference = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Dial>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, reference.toOpaque())
        if code != 0 { reference.release() }
        return code
    }

    private func run() {
        failure = connection.dial(target)
        Self.running.subtract(1, ordering: .relaxed)
        // The end must not be read from `self` once the loop may own everything.
        let end = threadEnd
        finished.store(true, ordering: .releasing)
        close(end)
    }
}
