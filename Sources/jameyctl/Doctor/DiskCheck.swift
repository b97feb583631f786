import Core
import Glibc

/// Whether the store has room to grow.
struct DiskCheck {
    let storePath: String
    /// What the store may grow to.
    let storeBytesMax: Int

    func findings() -> [Finding] {
        let folder = storePath.lastIndex(of: "/").map { String(storePath[...$0]) } ?? "."
        guard let space = DiskSpace(path: folder) else {
            return [
                .warning(
                    "disk",
                    "the room at \(folder) cannot be told: "
                        + String(cString: strerror(errno)),
                    do: "make the directory of the store (store.path)")
            ]
        }
        let used = DiskSpace.bytes(ofStore: storePath)
        return Self.findings(space, used: used, max: storeBytesMax, at: folder)
    }

    /// - Parameters:
    ///   - used: bytes of the store.
    ///   - max: what it may grow to.
    static func findings(
        _ space: DiskSpace, used: Int, max: Int, at folder: String
    ) -> [Finding] {
        let free = ComponentStatus.size(Int64(space.freeBytes))
        var found: [Finding] = []
        if space.isReadOnly {
            found.append(
                .error(
                    "disk", "the file system at \(folder) is mounted read-only",
                    do: "look into the kernel's log (journalctl -k): a disk that fails is often "
                        + "mounted so"))
        } else if space.freeBytes < Limits.doctorDiskFreeMin {
            found.append(
                .error(
                    "disk",
                    "\(free) are left at \(folder): the agent reads no messages any "
                        + "longer when it cannot write them",
                    do: "make room, or lower store.short_term.max_bytes"))
        } else if space.freeBytes < max - used {
            found.append(
                .warning(
                    "disk",
                    "\(free) are left at \(folder), and the store may grow by "
                        + "\(ComponentStatus.size(Int64(max - used))) more",
                    do: "make room, or lower store.short_term.max_bytes"))
        } else {
            found.append(.ok("disk", "\(free) are left at \(folder)"))
        }
        let least = Double(space.inodes) * Limits.doctorInodesShareMin
        if space.inodes > 0, Double(space.freeInodes) < least {
            found.append(
                .error(
                    "inodes",
                    "\(space.freeInodes) files more can be made at \(folder), of "
                        + "\(space.inodes)",
                    do: "delete files that nobody needs"))
        }
        return found
    }
}
