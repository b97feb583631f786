import Foundation
import Glibc

/// A file system in memory, as small as a test needs it; gone with the object.
final class SmallDisk {
    let directory: String

    /// Whether this process may mount: tried once, as root alone does not say.
    static let isPossible: Bool = {
        let path = FileManager.default.temporaryDirectory.path + "/jamey-mount-\(UUID().uuidString)"
        return (try? SmallDisk(path, kibibytes: 64)) != nil
    }()

    struct CannotMount: Error { var code: Int32 }

    init(_ directory: String, kibibytes: Int) throws {
        self.directory = directory
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        guard mount("tmpfs", directory, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            let code = errno
            rmdir(directory)
            throw CannotMount(code: code)
        }
    }

    func makeReadOnly() throws {
        let flags = UInt(MS_REMOUNT | MS_RDONLY)
        guard mount("tmpfs", directory, "tmpfs", flags, nil) == 0 else {
            throw CannotMount(code: errno)
        }
    }

    deinit {
        umount2(directory, Int32(MNT_DETACH))
        rmdir(directory)
    }
}
