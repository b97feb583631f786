import Glibc

/// A file of mode 0600 that takes a secret in place of what was there: all of it, or nothing.
///
/// Nobody else can have it open: what is written is a new file beside it, which takes its name.
struct SecretFile {
    let path: String
    private let temporary: String
    private let descriptor: Int32

    /// Makes the new file, so that it shows whether one can be written.
    /// - Throws: why not.
    init(_ path: String) throws(Ending) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw Self.failure(path, EISDIR)
        }
        self.path = path
        temporary = "\(path).\(getpid()).new"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure(temporary, errno) }
    }

    /// Writes a line, to the disk, and gives the file its name. To be called once.
    func write(_ secret: String) throws(Ending) {
        var output = LineOutput(descriptor: descriptor)
        try output.line(secret)
        try output.flush()
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw Self.failure(path, errno)
        }
        close(descriptor)
    }

    /// Nothing was written, or not all of it.
    func discard() {
        close(descriptor)
        unlink(temporary)
    }

    private static func failure(_ path: String, _ code: Int32) -> Ending {
        let reason = String(cString: strerror(code))
        let exit = code == EACCES || code == EPERM ? Exit.permission : Exit.io
        return .failure(exit, "\(path) cannot be written: \(reason)")
    }
}
