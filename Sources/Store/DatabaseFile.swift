import Core
import Glibc

/// The file of a store before SQLite sees it: that it exists, that it is ours to use, its mode.
enum DatabaseFile {
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Makes the directories (mode 0700) and the file (mode 0600) where they are missing, takes the
    /// lock beside it, and refuses a file that is not SQLite's.
    static func prepare(_ path: String) throws(OpenError) -> FileLock {
        let directory = directory(of: path)
        try makeDirectories(directory)
        // A link to the file must not have a lock of its own.
        let lock = try takeLock(ResolvedPath.of(path) + ".lock")
        // No connection of this process may be open on it: to close this descriptor gives up all
        // locks that SQLite holds on the file here (POSIX; sqlite.org/howtocorrupt.html, 2.2).
        // SQLite gives its own files beside it (-wal, -shm) the mode of this one.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OpenError(code: errno, doing: "opening \(path)") }
        defer { close(descriptor) }
        try checkHeader(descriptor, path)
        try sync(directory)
        return lock
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func takeLock(_ path: String) throws(OpenError) -> FileLock {
        do throws(FileLock.Failure) {
            return try FileLock(path: path)
        } catch {
            switch error {
            case .taken: throw .inUse
            case .system(let code): throw OpenError(code: code, doing: "locking \(path)")
            }
        }
    }

    private static func makeDirectories(_ path: String) throws(OpenError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            if mkdir(made, 0o700) != 0 {
                let code = errno
                // A directory on the way that we may not write to is no obstacle if it is there.
                guard code == EEXIST || access(made, F_OK) == 0 else {
                    throw OpenError(code: code, doing: "making \(made)")
                }
            }
            made += "/"
        }
    }

    /// An empty file is a new one; SQLite alone would overwrite a short file of something else.
    private static func checkHeader(_ descriptor: Int32, _ path: String) throws(OpenError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw OpenError(code: errno, doing: "reading \(path)")
        }
        guard status.st_size == 0 || hasMagic(descriptor) else {
            throw .notADatabase("\(path) does not begin as an SQLite file does")
        }
    }

    static func hasMagic(_ descriptor: Int32) -> Bool {
        var header = [UInt8](repeating: 0, count: magic.count)
        return pread(descriptor, &header, header.count, 0) == header.count && header == magic
    }

    /// The address by which a file is read and left as it is, byte for byte.
    ///
    /// Without a write-ahead log it is all there is, and opened as one that nobody changes: even
    /// reading would make SQLite's two files beside it. With a log, the newest version may be in
    /// there: both are read, and `-shm` is made anew, which holds nothing of its own.
    static func readOnlyURI(_ path: String) -> String {
        var status = stat()
        let isAlone = stat(path + "-wal", &status) != 0 || status.st_size == 0
        return "file:\(uriEscaped(path))" + (isAlone ? "?immutable=1" : "")
    }

    /// The path as part of a `file:` address, in which these three would end it or be decoded.
    static func uriEscaped(_ path: String) -> String {
        var escaped = ""
        for character in path {
            switch character {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// Makes the names of new files last: without it they may be gone after a power cut.
    private static func sync(_ directory: String) throws(OpenError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A directory may be entered and written and yet not read; SQLite itself goes on, too.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw OpenError(code: errno, doing: "syncing \(directory)")
        }
    }
}
