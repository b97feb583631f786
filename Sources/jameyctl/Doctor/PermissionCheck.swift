import Core
import Glibc
import Mind

/// Whether nobody can read what is secret, or change what the agent does, who should not.
struct PermissionCheck {
    static let check = "permissions"

    let configuration: String
    let outline: ConfigurationOutline
    let credentials: String
    /// As whom the agent runs; nil where nobody knows.
    let account: Account?
    /// Whether the agent has answered, on this machine: then it has what it wants, whatever we see.
    var isAgentHeard = false

    func findings() -> [Finding] {
        let found = [settings, secrets, store, sockets, directoryFindings, agentFindings]
            .flatMap { $0 }
        guard found.isEmpty else { return found }
        let view = seesAll ? "" : "as far as this account can see, "
        let agent =
            account.map { "\($0.name) can read and write what the agent must" }
            ?? "the agent's account is not known, and was not looked at"
        return [
            .ok(
                Self.check,
                "\(view)others can neither read secrets nor change the configuration, the "
                    + "rules or the store; \(agent)")
        ]
    }

    /// Whether this account may look at all that is looked at here.
    private var seesAll: Bool {
        let named = outline.files.map { $0.reference.path(credentials: credentials) }
        let paths = [configuration, outline.storePath] + named + [outline.socket].compactMap { $0 }
        guard !paths.contains(where: FileFacts.isHidden) else { return false }
        return outline.ruleDirectories.allSatisfy { directory in
            access(directory, R_OK | X_OK) == 0 || errno != EACCES
        }
    }

    /// What others must not write: whoever can has the agent do what they like.
    private var settings: [Finding] {
        let open = outline.files.filter { !$0.isSecret }
            .map { $0.reference.path(credentials: credentials) }
        return ([configuration] + outline.ruleDirectories + ruleFiles + open)
            .compactMap { path -> Finding? in
                guard let facts = try? FileFacts.of(path), facts.isWritableByAll else {
                    return nil
                }
                return .error(
                    Self.check, "every user can change \(path), and so what the agent does",
                    do: "chmod o-w \(path)")
            }
    }

    var ruleFiles: [String] {
        outline.ruleDirectories.flatMap { directory -> [String] in
            let found = try? TextDirectory.read(
                directory, suffixes: RuleFile.suffixes, filesMax: Limits.ruleFilesMax,
                bytesMax: Limits.ruleFileBytesMax)
            return (found ?? []).map { directory + "/" + $0.name }
        }
    }

    /// The agent refuses a secret that others can read.
    private var secrets: [Finding] {
        outline.files.filter(\.isSecret).compactMap { file -> Finding? in
            let path = file.reference.path(credentials: credentials)
            do throws(FileFacts.Absence) {
                guard try FileFacts.of(path).isOpenToAll else { return nil }
                return .error(
                    Self.check, "every user can read \(path) (\(file.key)): the agent refuses it",
                    do: "chmod o= \(path)")
            } catch { return absent(file, path, error) }
        }
    }

    private func absent(
        _ file: ConfigurationOutline.File, _ path: String, _ absence: FileFacts.Absence
    ) -> Finding {
        switch absence {
        case .hidden:
            return .hidden(Self.check, "this account may not look at \(path) (\(file.key))")
        case .missing:
            if case .credential(let name) = file.reference {
                return .warning(
                    Self.check, "\(file.key) is the credential \(name), which is not at \(path)",
                    do: "name the directory of the unit's LoadCredential= with --credentials")
            }
            return .error(
                Self.check, "\(file.key) names \(path), which does not exist",
                do: "write it there, with mode 0600")
        }
    }

    /// SQLite's files are one: who owns the store must own the others, or the agent cannot write.
    private var store: [Finding] {
        let path = outline.storePath
        guard let facts = try? FileFacts.of(path) else { return [] }
        var found: [Finding] = []
        if facts.isOpenToAll {
            found.append(
                .error(
                    Self.check,
                    "every user can \(facts.isWritableByAll ? "change" : "read") "
                        + "\(path), with all that devices have said",
                    do: "chmod 600 \(path)"))
        }
        for suffix in ["-wal", "-shm"] {
            guard let beside = try? FileFacts.of(path + suffix) else { continue }
            if beside.isOpenToAll {
                found.append(
                    .error(
                        Self.check,
                        "every user can \(beside.isWritableByAll ? "change" : "read") "
                            + "\(path + suffix), which is a part of the store",
                        do: "chmod 600 \(path + suffix)"))
            }
            guard beside.owner != facts.owner else { continue }
            found.append(
                .error(
                    Self.check,
                    "\(path + suffix) belongs to another account than \(path): the "
                        + "agent cannot write",
                    do: "chown --reference=\(path) \(path + suffix)"))
        }
        return found
    }

    /// Whoever can write to a local socket can connect to it (unix(7)).
    private var sockets: [Finding] {
        let paths = [outline.socket, LocalAddress.controlPath(ofStore: outline.storePath)]
        return paths.compactMap { $0 }.compactMap { path -> Finding? in
            guard let facts = try? FileFacts.of(path), facts.isWritableByAll else { return nil }
            return .error(
                Self.check, "every user of this machine can have the agent do anything by \(path)",
                do: "chmod o= \(path), and look who has changed it: the agent makes it so")
        }
    }
}
