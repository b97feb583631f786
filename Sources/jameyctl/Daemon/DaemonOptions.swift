import ArgumentParser
import Core
import Glibc

/// Where the daemon is, and as whom it is asked.
struct DaemonOptions: ParsableArguments {
    static let socketDefault = "/run/jamey/jamey.sock"
    static let urlVariable = "JAMEY_URL"
    static let keyFileVariable = "JAMEY_KEY_FILE"

    @Option(help: "The agent's local socket (default: \(socketDefault)).", completion: .file())
    var socket: String?

    @Option(
        help: """
            The agent's address instead: http://host:port or https://host:port (or the \
            environment's \(urlVariable)).
            """)
    var url: String?

    @Option(
        help: """
            A file with the API key or the token to show, which others must not be able to read \
            (or the environment's \(keyFileVariable), for a URL).
            """,
        completion: .file())
    var keyFile: String?

    @Option(
        help: "The authorities that are trusted with https, as PEM (default: the system's).",
        completion: .file())
    var ca: String?

    func validate() throws {
        guard socket == nil || url == nil else {
            throw ValidationError("--socket and --url name two places: give one of them")
        }
        if let url { try Self.check(DaemonPlace.url(DaemonURL(url)), ca: ca) }
        if let socket { try Self.check(DaemonPlace.socket(socket), ca: ca) }
    }

    private static func check(_ place: DaemonPlace, ca: String?) throws(ValidationError) {
        if case .socket(let path) = place, LocalAddress(path: path) == nil {
            throw ValidationError("--socket must have 1 to 107 bytes")
        }
        if ca != nil, !place.isEncrypted { throw ValidationError("--ca goes with https") }
    }

    /// What was said, or what holds where nothing is.
    /// - Parameters:
    ///   - socket: where the agent is configured to have its own.
    ///   - isHere: that of this machine is meant, unless the command line says otherwise.
    /// - Throws: what is wrong with the files and the environment.
    func client(
        socket configured: String = DaemonOptions.socketDefault, isHere: Bool = false
    ) throws(Ending) -> DaemonClient {
        let place: DaemonPlace
        do throws(ValidationError) {
            place = try self.place(configured, isHere: isHere)
            try Self.check(place, ca: ca)
        } catch { throw .failure(Exit.usage, error.message) }
        let key = try key(for: place)
        guard key == nil || place.keepsSecrets else {
            throw .failure(
                Exit.usage, "a key is shown by https only, or to this machine: not to \(place)")
        }
        return DaemonClient(place, key: key, authorities: try authorities())
    }

    /// Whether somebody has said where it is.
    var namesPlace: Bool { isNamed || Self.variable(Self.urlVariable) != nil }

    /// Whether the command line says where it is.
    var isNamed: Bool { socket != nil || url != nil }

    /// Whether the command line says that the daemon is meant.
    var isMeant: Bool { socket != nil || url != nil || keyFile != nil || ca != nil }

    /// - Throws: where the store's file is named as well.
    func check(beside database: String?) throws(ValidationError) {
        guard database == nil || !isMeant else {
            throw ValidationError(
                "--database is the store's file, and goes without --socket, --url, --key-file "
                    + "and --ca")
        }
    }

    private func place(
        _ configured: String, isHere: Bool
    ) throws(ValidationError) -> DaemonPlace {
        if let socket { return .socket(socket) }
        let environment = isHere ? nil : Self.variable(Self.urlVariable)
        if let text = url ?? environment { return .url(try DaemonURL(text)) }
        return .socket(configured)
    }

    /// At the socket nobody needs one, and whoever shows one is no more than its role there: the
    /// environment's is for a URL.
    private func key(for place: DaemonPlace) throws(Ending) -> DaemonKey? {
        if let keyFile { return try DaemonKey.read(keyFile) }
        guard case .url = place, let path = Self.variable(Self.keyFileVariable) else {
            return nil
        }
        return try DaemonKey.read(path)
    }

    private func authorities() throws(Ending) -> [UInt8]? {
        guard let ca else { return nil }
        do throws(TextFileError) {
            return try TextFile.readBytes(ca, bytesMax: Limits.apiCertificateBytesMax) { _ in nil }
        } catch { throw .failure(Exit.noInput, "\(ca) \(error)") }
    }

    /// nil where it is not set, or empty.
    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
