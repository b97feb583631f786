import CMosquitto
import Glibc

extension Connection {
    /// Why TLS failed and what to do about it.
    ///
    /// libmosquitto says no more than "A TLS error occurred"; its log lines carry OpenSSL's own
    /// words, and OpenSSL knows the result of the verification.
    func tlsReason() -> String {
        let lines = errorLines.joined(separator: "; ")
        if lines.contains("host name verification failed") {
            return "TLS: the broker's certificate is not for \(host): "
                + "use a name that is in it for broker.host, or have it issued for this one"
        }
        if let verification { return "TLS: " + Self.advice(for: verification) }
        if let (_, advice) = Self.known.first(where: { lines.contains($0.0) }) {
            return "TLS: \(advice) [\(lines)]"
        }
        return (lines.isEmpty ? "TLS failed" : "TLS failed: \(lines)") + Self.commonCauses
    }

    /// Where nothing more is known: the broker's own words may be lost with the connection.
    static let commonCauses =
        ": check that this port speaks TLS, and whether it asks for a client certificate"

    /// Asks OpenSSL while its session is there: a handshake that fails inside of the call that
    /// starts the connection leaves none behind.
    func noteVerification(_ line: String) {
        guard verification == nil, line.contains("certificate verify failed") else { return }
        verification = Self.verification(of: handle)
    }

    /// What OpenSSL says, and what it means here.
    private static let known: [(String, String)] = [
        ("wrong version number", "the broker does not speak TLS on this port"),
        (
            "protocol version",
            "the broker does not speak a version of TLS that broker.tls.minimum allows"
        ),
        ("unsupported protocol", "the broker's version of TLS is older than broker.tls.minimum"),
        ("certificate required", "the broker asks for a client certificate"),
        ("handshake failure", "the broker accepts none of our versions, ciphers or certificates"),
        ("unknown ca", "the broker does not trust our client certificate"),
        ("Unable to load CA certificates", "the file of broker.tls.ca holds no certificates"),
        ("Unable to load client", "the client certificate or its key cannot be used"),
        ("are inconsistent", "the client certificate and its key do not belong together"),
        ("unexpected eof", "the broker closed the connection during the handshake"),
    ]

    /// The codes of OpenSSL's `X509_verify_cert_error_string`.
    private static func advice(for result: Int) -> String {
        let text = verificationText(of: result)
        switch result {
        case 2, 18, 19, 20, 21, 27:
            return "the broker's certificate is not signed by an authority we trust (\(text)): "
                + "check broker.tls.ca"
        case 9:
            return "the broker's certificate is not valid yet: check this machine's clock"
        case 10:
            return "the broker's certificate has expired: renew it, or check this machine's clock"
        default:
            return "the broker's certificate was refused (\(text))"
        }
    }

    // OpenSSL is linked by libmosquitto and not by us, so that its headers are not needed to build:
    // the two functions are looked up, and missed only in the wording of an error.
    private typealias VerifyResult = @convention(c) (OpaquePointer) -> Int
    private typealias ErrorString = @convention(c) (Int) -> UnsafePointer<CChar>?

    private static func verification(of handle: OpaquePointer) -> Int? {
        guard let session = mosquitto_ssl_get(handle),
            let symbol = dlsym(nil, "SSL_get_verify_result")
        else { return nil }
        // The signature is part of OpenSSL's stable interface.
        return unsafeBitCast(symbol, to: VerifyResult.self)(OpaquePointer(session))
    }

    private static func verificationText(of result: Int) -> String {
        guard let symbol = dlsym(nil, "X509_verify_cert_error_string"),
            let text = unsafeBitCast(symbol, to: ErrorString.self)(result)
        else { return "code \(result)" }
        return String(cString: text)
    }
}
