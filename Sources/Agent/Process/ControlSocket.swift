import Core
import Glibc

/// Takes control requests on a local socket beside the store, one client at a time.
///
/// A packet is a request and one packet answers it (`SOCK_SEQPACKET`): nothing is ever half read.
/// The socket has mode 0600: only the agent's own account and root reach it (decision 0017).
/// Nothing here waits; a client that is slow is let go after `Limits.controlTimeMax`.
public final class ControlSocket {
    private let path: String
    private let listener: Int32
    /// The file is ours to remove.
    private var isBound = false
    private var client: (descriptor: Int32, until: MonotonicTime)?

    /// Makes the socket. What an agent that ended without a word has left there is removed: the
    /// caller holds the lock of the store.
    /// - Throws: why there is none; the agent can go on without.
    public init(path: String) throws(ControlSocketError) {
        guard let address = LocalAddress(path: path) else {
            throw .init(text: "\(path) is too long for a socket: 107 bytes at most")
        }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        listener = socket(AF_UNIX, kind, 0)
        self.path = path
        guard listener >= 0 else { throw .init(path, errno) }
        // The file has at most the mode that the socket has when it is bound (unix(7)): there is no
        // moment at which others could connect. umask(2) would be that of other threads as well.
        fchmod(listener, 0o600)
        guard address.withSocketAddress({ bind(listener, $0, $1) }) == 0 else {
            throw .init(path, errno)
        }
        isBound = true
        guard listen(listener, Limits.controlBacklog) == 0 else { throw .init(path, errno) }
    }

    deinit {
        if let client { close(client.descriptor) }
        if listener >= 0 { close(listener) }
        if isBound { unlink(path) }
    }

    /// The account at the other end, as the kernel knows it; nil where there is no client.
    public var userID: UInt32? {
        // `struct ucred` of unix(7), which Swift's Glibc module leaves out: process, user, group.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard let client,
            getsockopt(client.descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0
        else { return nil }
        return credentials.user
    }

    /// What to poll for reading.
    public var descriptor: Int32 { client?.descriptor ?? listener }

    /// Whether a client has taken too long: serve, although there is nothing to read.
    public func isOverdue(at now: MonotonicTime) -> Bool { client.map { now >= $0.until } ?? false }

    /// Takes the next step with a client; to be called when the descriptor is readable.
    /// - Parameter answer: carries a request out.
    public func serve(at now: MonotonicTime, answer: ([UInt8]) -> [UInt8]) {
        if client == nil {
            let accepted = accept(listener, nil, nil)
            guard accepted >= 0 else { return }
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            client = (accepted, now + Limits.controlTimeMax)
        }
        guard let client else { return }
        if let request = receive(client.descriptor) {
            let bytes = request.isEmpty ? [] : answer(request)
            _ = send(client.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        } else if now < client.until {
            return
        }
        close(client.descriptor)
        self.client = nil
    }

    /// - Returns: nil where nothing has come yet; nothing where the client is gone.
    private func receive(_ descriptor: Int32) -> [UInt8]? {
        // One byte more shows a request that is too large; its JSON is then cut and refused.
        var buffer = [UInt8](repeating: 0, count: Limits.controlRequestBytesMax + 1)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { return errno == EAGAIN || errno == EINTR ? nil : [] }
        return Array(buffer.prefix(min(count, Limits.controlRequestBytesMax)))
    }
}

/// Why there is no control socket.
public struct ControlSocketError: Error, CustomStringConvertible {
    public var text: String

    init(text: String) { self.text = text }
    init(_ path: String, _ code: Int32) { text = "\(path): \(String(cString: strerror(code)))" }

    public var description: String { text }
}
