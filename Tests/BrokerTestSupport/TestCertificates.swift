import Foundation

/// Authorities and certificates made by openssl when the tests run.
public final class TestCertificates {
    public struct Pair {
        public var certificate: String
        public var key: String
    }

    private let directory: TestDirectory
    public let authority: Pair
    /// An authority that signed nothing here.
    public let stranger: Pair
    /// For 127.0.0.1 and localhost.
    public let right: Pair
    public let wrongHost: Pair
    public let expired: Pair
    public let client: Pair

    public static var isPossible: Bool {
        FileManager.default.isExecutableFile(atPath: openssl) && TestBroker.isInstalled
    }
    private static let openssl = "/usr/bin/openssl"

    public init() throws {
        directory = try TestDirectory()
        let path = directory.path
        authority = try Self.makeAuthority("ca", in: path)
        stranger = try Self.makeAuthority("stranger", in: path)
        let here = "IP:127.0.0.1,DNS:localhost"
        right = try Self.issue("right", names: here, days: 2, by: authority, in: path)
        wrongHost = try Self.issue(
            "wrong", names: "DNS:elsewhere.example", days: 2, by: authority, in: path)
        expired = try Self.issue("expired", names: here, days: -1, by: authority, in: path)
        client = try Self.issue("client", names: "DNS:client", days: 2, by: authority, in: path)
    }

    /// Puts one certificate where another was, as an operator does.
    public func replace(_ old: Pair, by new: Pair) throws {
        for (from, to) in [(new.certificate, old.certificate), (new.key, old.key)] {
            let text = try String(contentsOfFile: from, encoding: .utf8)
            try text.write(toFile: to, atomically: true, encoding: .utf8)
        }
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private static func makeAuthority(_ name: String, in path: String) throws -> Pair {
        let pair = Pair(certificate: "\(path)/\(name).pem", key: "\(path)/\(name).key")
        try Command.run(
            openssl,
            ["req", "-x509"] + newKey + [
                "-keyout", pair.key, "-out", pair.certificate, "-days", "2", "-subj",
                "/CN=\(name)",
            ])
        return pair
    }

    private static func issue(
        _ name: String, names: String, days: Int, by authority: Pair, in path: String
    ) throws -> Pair {
        let pair = Pair(certificate: "\(path)/\(name).pem", key: "\(path)/\(name).key")
        let request = "\(path)/\(name).csr"
        let extensions = "\(path)/\(name).ext"
        try Command.run(
            openssl,
            ["req"] + newKey + ["-keyout", pair.key, "-out", request, "-subj", "/CN=\(name)"])
        try "subjectAltName=\(names)\n".write(
            toFile: extensions, atomically: true, encoding: .utf8)
        try Command.run(
            openssl,
            [
                "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey",
                authority.key, "-CAcreateserial", "-out", pair.certificate, "-days", "\(days)",
                "-extfile", extensions,
            ])
        return pair
    }
}
