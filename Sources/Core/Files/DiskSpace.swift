import Glibc

/// What a file system has, as it tells an account without privileges.
public struct DiskSpace: Equatable, Sendable {
    public var freeBytes: Int
    public var sizeBytes: Int
    public var freeInodes: Int
    /// 0 of one that does not count them.
    public var inodes: Int
    public var isReadOnly: Bool

    public init(
        freeBytes: Int, sizeBytes: Int, freeInodes: Int = 0, inodes: Int = 0,
        isReadOnly: Bool = false
    ) {
        self.freeBytes = freeBytes
        self.sizeBytes = sizeBytes
        self.freeInodes = freeInodes
        self.inodes = inodes
        self.isReadOnly = isReadOnly
    }

    /// Bytes of a store's file, and of the write-ahead log beside it; 0 of one that is not there.
    public static func bytes(ofStore path: String) -> Int {
        bytes(ofFile: path) + bytes(ofFile: path + "-wal")
    }

    private static func bytes(ofFile path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

extension DiskSpace {
    /// `ST_RDONLY` of statvfs(3).
    private static let readOnly: UInt = 1

    /// Asks the system about the file system that a path leads to.
    /// - Returns: nil where it does not say; errno has the reason.
    public init?(path: String) {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        func bytes(_ blocks: UInt) -> Int {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: UInt(system.f_frsize))
            return overflow ? .max : Int(clamping: bytes)
        }
        self.init(
            freeBytes: bytes(UInt(system.f_bavail)), sizeBytes: bytes(UInt(system.f_blocks)),
            freeInodes: Int(clamping: system.f_favail), inodes: Int(clamping: system.f_files),
            isReadOnly: UInt(system.f_flag) & Self.readOnly != 0)
    }
}
