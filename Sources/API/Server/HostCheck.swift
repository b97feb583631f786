import Core
import HTTPTypes
import Hummingbird

/// Refuses requests from this machine that are for another host.
///
/// A page of `evil.example` may have that name lead to 127.0.0.1 once it is loaded: then it and the
/// API are one origin to a browser on this machine, whatever `CORS` says (DNS rebinding). What it
/// cannot do is name another host than its own. With TLS the certificate is not that of its name,
/// and the local socket no page reaches.
struct HostCheck: RouterMiddleware {
    typealias Context = APIContext

    /// In lowercase, beside `localhost`.
    private let names: Set<String>
    private let isEncrypted: Bool
    private let access: AccessLog

    init(names: [String], isEncrypted: Bool, access: AccessLog) {
        self.names = Set(names)
        self.isEncrypted = isEncrypted
        self.access = access
    }

    /// - Throws: `MISDIRECTED_REQUEST`, and what the rest of the chain throws.
    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        // Who sends none is no browser.
        if !isEncrypted, AddressBlock(context.source.address).isLoopback,
            let authority = request.head.authority, !isOurs(authority)
        {
            access.refused(from: context.source, reason: "MISDIRECTED_REQUEST")
            throw APIError(
                .misdirectedRequest, code: "MISDIRECTED_REQUEST",
                message: "nobody is known here by this host's name: use localhost or an address, "
                    + "or list the name in http.hosts")
        }
        return try await next(request, context)
    }

    /// - Parameter authority: a host, with a port or without (RFC 9110, section 7.2).
    private func isOurs(_ authority: String) -> Bool {
        // An address is nobody's name. Only those of IPv6 have brackets.
        if authority.hasPrefix("[") {
            return NumericAddress(authority.dropFirst().prefix { $0 != "]" })?.isV6 == true
        }
        let host = authority.prefix { $0 != ":" }
        if NumericAddress(host) != nil { return true }
        let name = (host.hasSuffix(".") ? host.dropLast() : host).lowercased()
        // RFC 6761, section 6.3: no name below it leads elsewhere.
        return name == "localhost" || name.hasSuffix(".localhost") || names.contains(name)
    }
}
