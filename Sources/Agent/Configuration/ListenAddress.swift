import Core

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
        guard NumericAddress(host)?.isV6 == isBracketed else { return nil }
        self.init(host: host, port: port)
    }

    public var isIPv6: Bool { host.contains(":") }

    /// Whether only this machine can reach it (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
    public var isLoopback: Bool { NumericAddress(host)?.isLoopback == true }

    /// As it is written in the configuration.
    public var text: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
