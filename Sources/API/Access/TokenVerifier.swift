import Core
import Logging
import Synchronization

/// Verifies JSON Web Tokens (RFC 7519) as RFC 8725 recommends, with keys from files.
///
/// The files are read again when they change (`refresh`) and when somebody says so (`reload`). One
/// that is broken then, or gone, leaves the keys that it had in use; the log says so, and `fault`.
public final class TokenVerifier: Sendable {
    private let settings: APISettings.JWT
    private let log: Logger
    private let files: Mutex<[TokenKeyFile]>

    /// Without any key until `reload` has been called.
    public init(_ settings: APISettings.JWT, log: Logger) {
        self.settings = settings
        self.log = log
        files = Mutex(
            settings.keys.map { TokenKeyFile($0) }
                + (settings.jwksFile.map { [TokenKeyFile(set: $0)] } ?? []))
    }

    /// Reads every file: at the start and at `SIGHUP`.
    public func reload() async { await read(isForced: true) }

    /// Reads the files that have changed since: another time, place, size or file of the name.
    func refresh() async { await read(isForced: false) }

    /// Whom a token speaks of.
    ///
    /// - Parameter now: by the wall clock.
    /// - Returns: every case of `TokenFault`.
    func verify(_ text: String, at now: Timestamp) -> Result<Principal, TokenFault> {
        do throws(TokenFault) {
            let token = try CompactToken(text)
            let meant = keys.filter { $0.isMeant(by: token.algorithm, token.keyID) }
            guard !meant.isEmpty else { throw .unknownKey }
            guard let key = meant.first(where: { $0.isRight(token) }) else { throw .signature }
            let claims = try TokenClaims(token.payload, settings)
            return .success(try claims.principal(at: now, verifiedWith: key))
        } catch { return .failure(error) }
    }

    /// Why a token that was good is so no longer; nil: it still is.
    ///
    /// - Parameter fingerprint: of the key that it was verified with.
    func fault(
        until end: Timestamp, _ fingerprint: [UInt8], at now: Timestamp
    ) -> TokenFault? {
        guard now < end else { return .expired }
        return keys.contains { $0.fingerprint == fingerprint } ? nil : .unknownKey
    }

    /// Why the keys are not what the files hold now; nil where they are.
    var fault: String? {
        let faults = files.withLock { $0.compactMap(\.fault) }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    private var keys: [TokenKey] { files.withLock { $0.flatMap(\.keys) } }

    private func read(isForced: Bool) async {
        for place in files.withLock({ $0.indices }) {
            var file = files.withLock { $0[place] }
            let stamp = FileStamp(file.path)
            guard isForced || stamp != file.stamp else { continue }
            do throws(TokenKeyError) {
                try await file.read(as: stamp)
                tell(of: file)
            } catch {
                log.error("\(file.fault ?? error.reason)")
            }
            // Also of a broken file: it is told once, and read again when it changes.
            files.withLock { $0[place] = file }
        }
    }

    private func tell(of file: TokenKeyFile) {
        if file.keys.isEmpty {
            log.warning("\(file.path) holds no key that verifies tokens: none are taken by it")
        } else {
            log.info("\(file.path): \(file.keys.count) keys for tokens")
        }
    }
}

extension TokenVerifier: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(keys.count) keys for tokens" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .class) }
}
