import ArgumentParser
import Core

/// Where the API of another machine is: `https://edge-1.example:8642`.
struct DaemonURL: Equatable, Sendable {
    let isEncrypted: Bool
    /// A name or an address; an IPv6 address in its brackets.
    let host: String
    /// 1...65535; nil: the scheme's own, 80 or 443.
    let port: Int?

    /// - Throws: what is wrong with the text, for whoever wrote it.
    init(_ text: String) throws(ValidationError) {
        let schemes = [("http://", false), ("https://", true)]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw Self.malformed(text)
        }
        isEncrypted = scheme.1
        var rest = text.dropFirst(scheme.0.count)
        guard !rest.contains("@") else {
            throw ValidationError(
                "a key is no part of the URL: write it to a file, and name that with --key-file")
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        let (host, port) = try Self.parts(rest, of: text)
        guard Self.isHost(host) else { throw Self.malformed(text) }
        self.host = String(host)
        self.port = port
    }

    private static func malformed(_ text: String) -> ValidationError {
        ValidationError(
            "'\(text)' is no URL of an agent: write http://host:port or https://host:port")
    }

    /// `host:port`, `[::1]:port`, or either without a port.
    private static func parts(
        _ rest: Substring, of text: String
    ) throws(ValidationError) -> (host: Substring, port: Int?) {
        let bracket = rest.hasPrefix("[") ? rest.firstIndex(of: "]") : nil
        let hostEnd = bracket.map { rest.index(after: $0) } ?? rest.firstIndex(of: ":")
        guard let hostEnd, hostEnd != rest.endIndex else { return (rest, nil) }
        let port = Int(rest[hostEnd...].dropFirst())
        guard rest[hostEnd] == ":", let port, (1...65_535).contains(port) else {
            throw malformed(text)
        }
        return (rest[..<hostEnd], port)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            return bracketed(host)?.isV6 == true
        }
        return !host.isEmpty
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"):
                    true
                case _: false
                }
            }
    }

    private static func bracketed(_ host: some StringProtocol) -> NumericAddress? {
        NumericAddress(host.dropFirst().dropLast())
    }

    /// As it stands before a path.
    var text: String {
        (isEncrypted ? "https://" : "http://") + host + (port.map { ":\($0)" } ?? "")
    }

    /// Whether what is sent stays on this machine (RFC 1122, section 3.2.1.3; RFC 4291, 2.5.3).
    var isLoopback: Bool {
        let address = host.hasPrefix("[") ? Self.bracketed(host) : NumericAddress(host)
        return address?.isLoopback == true || host.lowercased() == "localhost"
    }
}
