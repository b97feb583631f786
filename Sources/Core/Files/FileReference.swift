/// A file that the configuration names: by its path, or as a credential that systemd hands over.
public enum FileReference: Equatable, Sendable {
    case path(String)
    /// A file of that name in `$CREDENTIALS_DIRECTORY` (systemd.exec, "Credentials").
    case credential(String)

    /// The ways a credential is written: `credential:NAME` and `${CREDENTIALS_DIRECTORY}/NAME`.
    private static let prefixes = ["credential:", "${CREDENTIALS_DIRECTORY}/"]

    /// nil where the text names no file.
    public init?(_ text: String) {
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

    /// As it is written in the configuration.
    public var text: String {
        switch self {
        case .path(let path): path
        case .credential(let name): "credential:" + name
        }
    }

    /// The path to open.
    ///
    /// - Parameter directory: where the credentials are kept that systemd hands over.
    public func path(credentials directory: String) -> String {
        switch self {
        case .path(let path): path
        case .credential(let name): directory + "/" + name
        }
    }
}
