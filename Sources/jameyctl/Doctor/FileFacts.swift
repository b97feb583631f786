import Glibc

/// What the system says of a file's owner and mode.
struct FileFacts: Equatable {
    enum Absence: Error, Equatable {
        case missing
        /// This account may not look there.
        case hidden
    }

    var mode: mode_t
    var owner: uid_t
    var group: gid_t

    var isReadableByAll: Bool { mode & 0o004 != 0 }
    var isWritableByAll: Bool { mode & 0o002 != 0 }
    /// Of a directory: whoever can write there can delete only what is theirs.
    var isSticky: Bool { mode & 0o1000 != 0 }
    /// Others may do anything at all with it.
    var isOpenToAll: Bool { mode & 0o007 != 0 }

    static func of(_ path: String) throws(Absence) -> FileFacts {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == EACCES || errno == EPERM ? .hidden : .missing
        }
        return FileFacts(
            mode: status.st_mode & 0o7777, owner: status.st_uid, group: status.st_gid)
    }

    /// Whether this account may not look at a file, nor see whether it is there.
    static func isHidden(_ path: String) -> Bool {
        do throws(Absence) { _ = try of(path) } catch { return error == .hidden }
        return false
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
