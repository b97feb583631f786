import Glibc

/// A TCP address to listen on: an IP address and a port.
public struct ListenAddress: Hashable, Sendable {
    /// IPv4 or IPv6, without brackets.
    public var host: String
    /// 1...65535; 0 in tests: any that is free.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Where the API is by default.
    public static let loopback = ListenAddress(host: "127.0.0.1", port: 8642)

    /// Reads `127.0.0.1:8642`, `[::1]:8642` or `localhost:8642`.
    /// - Returns: nil of anything else, as a name that would have to be looked up.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" { host = "127.0.0.1" }
        // An IPv6 address without brackets would end in what looks like a port.
        guard Self.isAddress(host, isBracketed ? AF_INET6 : AF_INET) else { return nil }
        self.init(host: host, port: port)
    }

    public var isIPv6: Bool { host.contains(":") }

    /// Whether only this machine can reach it (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
    public var isLoopback: Bool {
        guard isIPv6 else { return host.hasPrefix("127.") }
        var address = in6_addr()
        guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
        return withUnsafeBytes(of: address) { bytes in
            bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        }
    }

    /// As it is written in the configuration.
    public var text: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }
}
