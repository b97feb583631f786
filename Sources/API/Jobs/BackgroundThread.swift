import Glibc

/// A thread for long work that everything else on the machine goes before.
enum BackgroundThread {
    /// Bytes of its stack.
    private static let stackBytes = 8 << 20
    /// The lowest priority of nice(2).
    private static let lowestPriority: Int32 = 19

    private final class Work: Sendable {
        let body: @Sendable (Bool) -> Void

        init(_ body: @escaping @Sendable (Bool) -> Void) { self.body = body }
    }

    /// Runs the body on a thread of its own. It may wait; it should start no threads, which would
    /// inherit its priority.
    ///
    /// - Parameter body: is told whether the priority is low. Where a sandbox forbids that it has
    ///   to leave others time by itself.
    /// - Returns: false where the system has no thread left; then the body does not run.
    static func run(_ body: @escaping @Sendable (_ isLow: Bool) -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        // Signals belong to the loop's thread; a thread inherits the mask of its maker.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let reference = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                // On Linux this is of the calling thread, not of the process.
                let isLow = nice(BackgroundThread.lowestPriority) != -1
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body(isLow)
                return nil
            }, reference.toOpaque())
        if code != 0 { reference.release() }
        return code == 0
    }
}
