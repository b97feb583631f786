import Core
import Glibc

/// The account that the agent runs as, and what owners, groups and modes let it do.
///
/// What access control lists (acl(5)) and capabilities add to these is not looked at, nor what the
/// unit adds: groups (`SupplementaryGroups=`), and paths that are other ones for it (`BindPaths=`).
struct Account: Equatable {
    /// The unit's, where nothing else shows it.
    static let nameDefault = "jamey"

    /// What is wanted of a file or a directory, as bits of a mode for others.
    struct Access: OptionSet {
        let rawValue: mode_t

        static let read = Access(rawValue: 0o4)
        static let write = Access(rawValue: 0o2)
        /// Of a directory: to reach what is in it.
        static let pass = Access(rawValue: 0o1)
    }

    var name: String
    var user: uid_t
    /// The first, and all others that it belongs to.
    var groups: [gid_t]

    /// Whoever owns the state directory: systemd gives it to the unit's `User=`, whatever that is.
    /// One of root's was made by hand, for the default, and so was one in which that may write by
    /// its group: its owner is who looks after it.
    /// - Returns: nil where there is no such account.
    static func ofAgent(storePath: String) -> Account? {
        let known = getpwnam(nameDefault).map { Account($0.pointee) }
        let directory = FilePath.directory(of: storePath)
        guard let facts = try? FileFacts.of(directory) else { return known }
        return ofAgent(facts, known: known)
    }

    /// - Parameter known: the account of the default's name.
    static func ofAgent(_ facts: FileFacts, known: Account?) -> Account? {
        guard facts.owner != 0 else { return known }
        if let known, known.user != facts.owner, known.groups.contains(facts.group),
            known.may([.write, .pass], facts)
        {
            return known
        }
        return Account(user: facts.owner)
    }

    init(name: String, user: uid_t, groups: [gid_t]) {
        self.name = name
        self.user = user
        self.groups = groups
    }

    init(user: uid_t) {
        if let entry = getpwuid(user) {
            self.init(entry.pointee)
        } else {
            self.init(name: "\(user)", user: user, groups: [])
        }
    }

    private init(_ entry: passwd) {
        var count = Limits.doctorGroupsMax
        var groups = [gid_t](repeating: 0, count: Int(count))
        // Of more than there is room for, these are told all the same.
        getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count)
        let kept = min(max(0, Int(count)), groups.count)
        self.init(
            name: String(cString: entry.pw_name), user: entry.pw_uid,
            groups: [entry.pw_gid] + groups.prefix(kept))
    }

    /// Its first group, by name where that is known.
    var groupName: String {
        guard let group = groups.first else { return name }
        return getgrgid(group).map { String(cString: $0.pointee.gr_name) } ?? "\(group)"
    }

    /// By the first of owner, group and others that it is (path_resolution(7)).
    func may(_ access: Access, _ facts: FileFacts) -> Bool {
        if user == 0 { return true }
        let shift = facts.owner == user ? 6 : groups.contains(facts.group) ? 3 : 0
        return Access(rawValue: facts.mode >> mode_t(shift)).isSuperset(of: access)
    }

    /// Here systemd keeps what belongs to units with `DynamicUser=`: nobody else may pass, and
    /// these see it elsewhere.
    private static let privateDirectory = "/var/lib/private"

    /// What keeps it from a file: a directory on the way that it cannot pass, or the file; of a
    /// link also on the way to what it leads to, as certificates have them that are renewed.
    /// - Returns: without links; nil where nothing does, and of what is not there or cannot be
    ///   looked at.
    func barrier(to path: String, _ access: Access) -> String? {
        let target = FilePath.resolved(path)
        for directory in FilePath.ancestors(of: path) + FilePath.ancestors(of: target) {
            if directory == Self.privateDirectory { continue }
            guard let facts = try? FileFacts.of(directory) else { return nil }
            if !may(.pass, facts) { return directory }
        }
        guard let facts = try? FileFacts.of(target), !may(access, facts) else { return nil }
        return target
    }
}

/// Paths as texts.
enum FilePath {
    /// `/var/lib/jamey` of `/var/lib/jamey/jamey.db`, `.` of `jamey.db`.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Without links; as it is where that cannot be told.
    static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The directories that lead to a path, from the root on, without links; none where its own
    /// directory is not there.
    static func ancestors(of path: String) -> [String] {
        guard let resolved = realpath(directory(of: path), nil) else { return [] }
        defer { free(resolved) }
        var found: [String] = []
        var directory = String(cString: resolved)
        while directory != "/" {
            found.append(directory)
            directory = self.directory(of: directory)
        }
        return ["/"] + found.reversed()
    }
}
