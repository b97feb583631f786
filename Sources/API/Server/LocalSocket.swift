import Core
import Glibc
import Store

/// The local socket of the API: a file of mode 0660, whose owner and group may use it.
///
/// A lock on a file beside it is held meanwhile: a socket that is bound and not listened on yet
/// looks like one that was left, and two agents that start would remove each other's.
struct LocalSocket: Sendable {
    let path: String
    /// Bound, not listening yet.
    let descriptor: Int32
    /// Which file it is, so that no other one is removed at the end.
    private let device: UInt
    private let inode: UInt
    private let lock: FileLock

    var place: String { Self.place(path) }

    private static let mode: mode_t = 0o660
    private static let directoryMode: mode_t = 0o755

    static func place(_ path: String) -> String { "unix:" + path }

    /// Makes the file, and its directory where there is none. What an agent that ended without a
    /// word has left is replaced; where somebody answers, nothing is.
    /// - Throws: why there is none; the API can go on without.
    init(path: String) throws(APIStartError) {
        guard let address = LocalAddress(path: path) else {
            throw Self.error(path, "the path is too long for a socket: 107 bytes at most")
        }
        try Self.makeDirectory(of: path)
        let lock = try Self.lock(path)
        try Self.removeStale(path, address)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        // The file has at most the mode that the socket has when it is bound (unix(7)): there is no
        // moment at which others could connect.
        fchmod(descriptor, Self.mode)
        var status = stat()
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0,
            chmod(path, Self.mode) == 0, lstat(path, &status) == 0
        else {
            let code = errno
            close(descriptor)
            throw Self.failure(path, code)
        }
        self.lock = lock
        self.path = path
        self.descriptor = descriptor
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    /// Whether the file is there and this socket's.
    var isInPlace: Bool {
        var status = stat()
        return lstat(path, &status) == 0 && UInt(status.st_dev) == device
            && UInt(status.st_ino) == inode
    }

    /// Removes the file, unless it is another's by now.
    func remove() {
        if isInPlace { unlink(path) }
        lock.release()
    }

    private static func lock(_ path: String) throws(APIStartError) -> FileLock {
        let file = path + ".lock"
        do throws(FileLock.Failure) { return try FileLock(path: file) } catch {
            switch error {
            case .taken:
                throw self.error(path, "another agent has it: stop it, or choose another path")
            case .system(let code):
                throw self.error(
                    path, "the lock \(file) cannot be had: \(String(cString: strerror(code)))")
            }
        }
    }

    private static func makeDirectory(of path: String) throws(APIStartError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        if mkdir(directory, directoryMode) == 0 {
            // The process may give nobody else anything.
            chmod(directory, directoryMode)
            return
        }
        guard errno != EEXIST else { return }
        throw APIStartError(
            place: place(path),
            reason: "the directory \(directory) cannot be made: "
                + "\(String(cString: strerror(errno))); systemd makes it for a unit with "
                + "RuntimeDirectory=jamey",
            isForLackOfDirectory: true)
    }

    private static func removeStale(
        _ path: String, _ address: LocalAddress
    ) throws(APIStartError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw error(path, "is there already and no socket: remove it, or choose another path")
        }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(AF_UNIX, kind, 0)
        guard probe >= 0 else { throw failure(path, errno) }
        defer { close(probe) }
        let isTaken = address.withSocketAddress { connect(probe, $0, $1) } == 0
        if let reason = obstacle(isTaken ? 0 : errno) { throw error(path, reason) }
        unlink(path)
    }

    /// Why a socket that is there already stays.
    /// - Parameter code: what came of connecting to it; 0: it was answered.
    /// - Returns: nil where nobody listens, or it is gone meanwhile.
    static func obstacle(_ code: Int32) -> String? {
        switch code {
        case ECONNREFUSED, ENOENT: nil
        case 0: "another process answers there: stop it, or choose another path"
        case EAGAIN:
            "another process listens there and is busy: stop it, or choose another path"
        case EACCES:
            "a socket of another account is there already: see whose it is, and remove it, or "
                + "choose another path"
        case _:
            "whether somebody answers there cannot be seen: \(String(cString: strerror(code)))"
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> APIStartError {
        error(path, String(cString: strerror(code)))
    }

    private static func error(_ path: String, _ reason: String) -> APIStartError {
        APIStartError(place: place(path), reason: reason)
    }
}
