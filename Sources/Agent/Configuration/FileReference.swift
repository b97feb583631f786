/// A file that the configuration names: by its path, or as a credential that systemd hands over.
public enum FileReference: Equatable, Sendable {
    case path(String)
    /// A file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec, "Credentials").
    case credential(String)

    /// The ways a credential is written: `credential:NAME` and `${CREDENTIALS_DIRECTORY}/NAME`.
    private static let prefixes = ["credential:", "${CREDENTIALS_DIRECTORY}/"]

    /// nil where the text names no file.
    init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        guard let prefix = Self.prefixes.first(where: text.hasPrefix) else {
            guard !text.contains("${") else { return nil }
            self = .path(text)
            return
        }
        let name = String(text.dropFirst(prefix.count))
        // One name, so that it cannot leave the directory.
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.contains("${")
        else { return nil }
        self = .credential(name)
    }

    /// The path to open.
    ///
    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`; nil where systemd handed over none.
    /// - Throws: `.noCredentialsDirectory`: add `LoadCredential=` to the unit, or name a path.
    public func path(credentialsDirectory directory: String?) throws(CredentialError) -> String {
        switch self {
        case .path(let path): return path
        case .credential(let name):
            guard let directory, !directory.isEmpty else {
                throw .noCredentialsDirectory(name: name)
            }
            return directory + "/" + name
        }
    }
}
