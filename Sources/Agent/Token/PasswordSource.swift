import Core

/// Where the password for the broker comes from: a file in the daemon, a script in simulation.
///
/// Asked by the loop, between two bursts: what it does must not wait for others.
public protocol PasswordSource: Sendable {
    /// What a person does to put a new one there: `put a new one into /run/jamey/token`.
    var remedy: String { get }
    /// What tells one password from the next without reading it; nil while there is none.
    func stamp() -> FileStamp?
    /// - Throws: every case of `CredentialError`; the password before stays.
    func read() throws(CredentialError) -> Credential
}

/// The file that `broker.password_file` names.
public struct PasswordFile: PasswordSource {
    public let remedy: String
    private let path: String

    /// - Parameter directory: `$CREDENTIALS_DIRECTORY`, where systemd set it.
    /// - Throws: `.noCredentialsDirectory`.
    public init(
        _ reference: FileReference, credentialsDirectory directory: String?
    ) throws(CredentialError) {
        path = try reference.path(credentialsDirectory: directory)
        switch reference {
        case .path(let path): remedy = "put a new one into \(path)"
        // systemd copies credentials when it starts a unit, and nobody can write to the copies.
        case .credential(let name): remedy = "renew the credential \(name), and restart the unit"
        }
    }

    public func stamp() -> FileStamp? { FileStamp(path) }

    public func read() throws(CredentialError) -> Credential { try Credential.read(path) }
}
