import Glibc

/// What tells one content of a file from the next without reading it: which file it is, how long,
/// and when it was written.
public struct FileStamp: Equatable, Sendable {
    private var device: UInt64
    private var node: UInt64
    private var size: Int64
    private var seconds: Int
    private var nanoseconds: Int

    /// nil of a file that is not there.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
