import Core
import Glibc

/// What the agent's own account must be able to do: root, who looks, may do everything.
extension PermissionCheck {
    /// Nothing where it is not known who that is.
    var agentFindings: [Finding] {
        guard let account else { return [] }
        return [settingsFindings(account), storeFindings(account)].flatMap { $0 }
    }

    /// What systemd hands over as a credential is read by systemd.
    private func settingsFindings(_ account: Account) -> [Finding] {
        var wanted: [(String, Account.Access)] = []
        var vital = [configuration]
        for directory in outline.ruleDirectories { wanted.append((directory, [.read, .pass])) }
        for file in [configuration] + ruleFiles { wanted.append((file, .read)) }
        for file in outline.files {
            guard case .path(let path) = file.reference else { continue }
            wanted.append((path, .read))
            if Self.isVital(file.key) { vital.append(path) }
        }
        // The API has to do without its own, and there may be rules from before.
        let endings = Set(Self.barriers(account, vital.map { ($0, .read) }))
        return Self.barriers(account, wanted).map { path -> Finding in
            unable(
                "the agent's account \(account.name) cannot read \(path): "
                    + (endings.contains(path)
                        ? "the agent does not start with it" : "what it is for does not work"),
                do: Self.admission(
                    of: account, to: path,
                    elsewhere: "put it where \(account.name) may read it, such as /etc/jamey "
                        + "(install -m 640 -g \(account.groupName))"))
        }
    }

    /// Whether the agent does not start without the file of a key.
    private static func isVital(_ key: String) -> Bool {
        key.hasPrefix("broker.") || key == "audit.sign_key"
    }

    /// An agent that answers may have what it wants by what is not looked at.
    private func unable(_ message: String, do advice: String) -> Finding {
        guard isAgentHeard else { return .error(Self.check, message, do: advice) }
        return .warning(
            Self.check, message + ", unless it may by other means: it runs now", do: advice)
    }

    private func storeFindings(_ account: Account) -> [Finding] {
        let (path, directory) = (outline.storePath, FilePath.directory(of: outline.storePath))
        var wanted: [(String, Account.Access)] = [(directory, [.write, .pass])]
        for suffix in ["", "-wal", "-shm"] { wanted.append((path + suffix, [.read, .write])) }
        let own = wanted.map { FilePath.resolved($0.0) }.filter { !Self.isOfTheSystem($0) }
        return Self.barriers(account, wanted).map { path -> Finding in
            let bits = FileFacts.isDirectory(path) ? "rwx" : "rw"
            let directory = "-d -o \(account.name) -g \(account.groupName) -m 750"
            let elsewhere =
                "keep the store in a directory of \(account.name)'s own, such as /var/lib/jamey "
                + "(install \(directory))"
            return unable(
                "the agent's account \(account.name) cannot read and write \(path): the agent "
                    + "does not start with it",
                do: own.contains(path)
                    ? "chown \(account.name): \(path) && chmod u+\(bits) \(path)"
                    : Self.admission(of: account, to: path, elsewhere: elsewhere))
        }
    }

    /// - Parameter elsewhere: for a directory that is not the agent's alone to be opened for it.
    private static func admission(
        of account: Account, to path: String, elsewhere: String
    ) -> String {
        let isDirectory = FileFacts.isDirectory(path)
        let mend =
            "chgrp \(account.groupName) \(path) && chmod g+\(isDirectory ? "rx" : "r") \(path)"
        guard isDirectory else { return mend }
        return isOfTheSystem(path) ? elsewhere : "\(mend), or \(elsewhere)"
    }

    /// Whether others than the agent rely on a directory as it is: `/root`, `/etc/ssl/private`,
    /// `/var/lib`.
    private static func isOfTheSystem(_ path: String) -> Bool {
        guard FileFacts.isDirectory(path), let facts = try? FileFacts.of(path) else { return false }
        return isOfTheSystem(path, owner: facts.owner)
    }

    static func isOfTheSystem(_ directory: String, owner: uid_t) -> Bool {
        let names = directory.split(separator: "/")
        if names.contains(where: { $0 == Account.nameDefault }) { return false }
        return owner == 0 || names.count < 3
    }

    /// Each once, in their order: what is behind one is not reached either.
    private static func barriers(
        _ account: Account, _ wanted: [(String, Account.Access)]
    ) -> [String] {
        var found: [String] = []
        for (path, access) in wanted {
            guard let barrier = account.barrier(to: path, access), !found.contains(barrier) else {
                continue
            }
            found.append(barrier)
        }
        return found
    }

    // MARK: Directories

    /// Whoever can write to a directory can put something else in the place of what is in it, or
    /// beside it. In one with the sticky bit only of what is theirs.
    var directoryFindings: [Finding] {
        var paths = [configuration, outline.storePath]
        paths += outline.ruleDirectories.map { $0 + "/x" }
        paths += outline.files.map { $0.reference.path(credentials: credentials) }
        paths += outline.socket.map { [$0] } ?? []
        var seen: Set<String> = []
        let directories = paths.flatMap { FilePath.ancestors(of: $0) }
            .filter { seen.insert($0).inserted }
        return directories.compactMap { directory -> Finding? in
            guard let facts = try? FileFacts.of(directory), facts.isWritableByAll,
                !facts.isSticky, !outline.ruleDirectories.contains(directory)
            else { return nil }
            return .error(
                Self.check,
                "every user can change what is in \(directory), and so replace what the agent "
                    + "reads and writes below it",
                do: "chmod o-w \(directory)")
        }
    }
}
