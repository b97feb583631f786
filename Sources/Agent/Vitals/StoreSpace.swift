import Glibc

/// The room that the store takes and has, in bytes.
struct StoreSpace: Equatable {
    /// Its file, and the write-ahead log beside it.
    var used: Int
    /// What the file system has left for an account without privileges.
    var free: Int
    var size: Int

    /// nil where the system does not say.
    init?(path: String) {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        func bytes(_ blocks: UInt) -> Int {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: UInt(system.f_frsize))
            return overflow ? .max : Int(clamping: bytes)
        }
        used = Self.bytes(of: path) + Self.bytes(of: path + "-wal")
        free = bytes(UInt(system.f_bavail))
        size = bytes(UInt(system.f_blocks))
    }

    /// 0 of a file that is not there.
    private static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
