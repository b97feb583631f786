import CGather
import Glibc

/// libmosquitto's reads and writes of one socket, gathered into few system calls (decision 0011).
///
/// Of the thread that uses the connection.
final class Gathering {
    /// An opaque C structure, freed with this object and used by nobody else.
    private let state: OpaquePointer
    let socket: Int32

    /// nil when there is no memory for it: the calls are then made one by one.
    init?(socket: Int32) {
        guard let state = gather_create(socket) else { return nil }
        self.state = state
        self.socket = socket
    }

    deinit { gather_destroy(state) }

    /// Bytes that were read and not yet handled; `poll` knows nothing of them.
    var unreadBytes: Int { gather_unread(state) }
    /// Something waits for room in the socket.
    var hasUnsent: Bool { gather_unsent(state) > 0 }

    /// Runs a call of libmosquitto with its reads and writes gathered.
    @inline(__always)
    func callAsFunction<Result>(_ body: () -> Result) -> Result {
        gather_enter(state)
        defer { gather_leave() }
        return body()
    }

    /// Sends what was written, as far as the socket takes it.
    /// - Returns: nil, or why the socket is broken.
    func flush() -> String? {
        let failure = gather_flush(state)
        return failure == 0 ? nil : String(cString: strerror(failure))
    }

    /// False under a sanitizer, which needs to see every call.
    static var isBuilt: Bool { gather_is_built() }

    /// How many calls were served from memory in this process; tests see by it that it works.
    static var served: UInt { gather_served() }
}
