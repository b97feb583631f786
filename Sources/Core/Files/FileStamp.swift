import Glibc

/// What tells one content of a file from the next without reading it.
///
/// A file that is replaced in one step (`mv`) always has another one. One that is written over in
/// place may be seen half written, and is then another one again once it is whole.
public struct FileStamp: Equatable, Sendable {
    private var device: UInt64
    private var node: UInt64
    private var size: Int64
    private var seconds: Int
    private var nanoseconds: Int

    /// nil of a file that is not there. Links are followed.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// For whoever keeps contents elsewhere than in files and numbers them, as a simulation does.
    public init(number: UInt64) {
        (device, node, size, seconds, nanoseconds) = (0, number, 0, 0, 0)
    }
}
