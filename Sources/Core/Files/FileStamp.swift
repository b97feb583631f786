import Glibc

/// What tells one content of a file from the next without reading it.
///
/// A file that is replaced in one step (`mv`) always has another one. One that is written over in
/// place may be seen half written, and is then another one again once it is whole. Other
/// permissions or another owner are another one too: what could not be read may be readable now.
public struct FileStamp: Equatable, Sendable {
    private var device: UInt64
    private var node: UInt64
    private var size: Int64
    /// As which kind of file, by whom and for whom.
    private var mode: UInt32
    private var owner: UInt32
    private var group: UInt32
    private var written: Moment
    /// Also where only something about the file was changed, and where `written` was set back, as
    /// `cp -p` and `touch -r` do.
    private var changed: Moment

    fileprivate struct Moment: Equatable, Sendable {
        var seconds = 0
        var nanoseconds = 0
    }

    /// nil of a file that is not there. Links are followed.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        written = Moment(status.st_mtim)
        changed = Moment(status.st_ctim)
    }

    /// For whoever keeps contents elsewhere than in files and numbers them, as a simulation does.
    public init(number: UInt64) {
        (device, node, size, mode, owner, group) = (0, number, 0, 0, 0, 0)
        (written, changed) = (Moment(), Moment())
    }
}

extension FileStamp.Moment {
    fileprivate init(_ time: timespec) {
        self.init(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }
}
