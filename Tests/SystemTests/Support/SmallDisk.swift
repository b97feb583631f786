import BrokerTestSupport
import Foundation
import Glibc

/// A small file system in memory, in a mount namespace that only one daemon is in.
struct SmallDisk {
    let path: String
    private let kibibytes: Int

    static let isPossible: Bool =
        (try? Command.run("/usr/bin/unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]))
        != nil

    init(in directory: TestDirectory, kibibytes: Int) throws {
        path = directory.path + "/disk"
        self.kibibytes = kibibytes
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    /// What runs a program with the disk mounted; it keeps its process identifier.
    var wrapper: [String] {
        let script = #"mount -t tmpfs -o size=\#(kibibytes)k tmpfs "$0" && exec "$@""#
        return ["/usr/bin/unshare", "-m", "sh", "-c", script, path]
    }

    /// The disk as the daemon sees it.
    func inside(_ daemon: ChildProcess) -> String { "/proc/\(daemon.processID)/root\(path)" }

    /// A descriptor of the disk's directory, which keeps it when the daemon is gone; to be closed.
    func open(_ daemon: ChildProcess) -> Int32 {
        Glibc.open(inside(daemon), O_RDONLY | O_CLOEXEC)
    }

    /// Makes space.
    func grow(_ daemon: ChildProcess, toKibibytes size: Int) throws {
        try Command.run(
            "/usr/bin/nsenter",
            ["-t", "\(daemon.processID)", "-m", "mount", "-o", "remount,size=\(size)k", path])
    }
}
