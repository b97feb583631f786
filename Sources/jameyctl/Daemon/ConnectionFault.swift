import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why somebody at the other end of a connection was not heard. Tell whoever asked.
enum ConnectionFault: Error, Equatable, Sendable {
    /// There was no connection: the system's reason (errno).
    case unreachable(Int32)
    /// The name of a host has no address.
    case unknownHost
    /// It does not prove who it is, or we do not: why.
    case untrusted(String)
    case late
    /// The connection ended before the answer: why.
    case broken(String)
    /// What came is no HTTP/1.1.
    case foreign
    /// So many bytes are the most that is read.
    case tooLarge(bytesMax: Int)

    private static let end = "it has ended"

    /// What NIO, its TLS and its client of HTTP throw.
    init(_ error: any Error) {
        switch error {
        case let fault as ConnectionFault: self = fault
        case let error as IOError: self.init(code: error.errnoCode)
        case let error as NIOConnectionError: self.init(error)
        case let error as HTTPClientError: self.init(error)
        case ChannelError.connectTimeout: self = .late
        case is CancellationError: self = .late
        case let error as NIOTooManyBytesError:
            self = .tooLarge(bytesMax: error.maxBytes ?? 0)
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection:
            self = .broken(Self.end)
        case is HTTPParserError: self = .foreign
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self = .untrusted(Self.reason(ofTLS: error))
        case _: self = .broken("\(error)")
        }
    }

    /// Of a connection that was there, or not.
    private init(code: Int32) {
        switch code {
        case ECONNRESET, EPIPE: self = .broken(String(cString: strerror(code)))
        case ETIMEDOUT: self = .late
        case _: self = .unreachable(code)
        }
    }

    /// The first address that was tried tells; where there was none, the name is at fault.
    private init(_ error: NIOConnectionError) {
        guard let failure = error.connectionErrors.first else {
            self = .unknownHost
            return
        }
        self.init(failure.error)
    }

    private init(_ error: HTTPClientError) {
        let timeouts: [HTTPClientError] = [
            .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout, .cancelled,
        ]
        if timeouts.contains(error) {
            self = .late
        } else if error == .remoteConnectionClosed {
            self = .broken(Self.end)
        } else {
            self = .broken(error.shortDescription)
        }
    }

    private static func reason(ofTLS error: any Error) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is of no authority that is trusted here, or has expired"
        }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "its certificate is for another name"
        }
        if text.contains("WRONG_VERSION_NUMBER") { return "it does not speak TLS" }
        if text.contains("UNSUPPORTED_PROTOCOL") || text.contains("PROTOCOL_VERSION") {
            return "it speaks no version of TLS that is allowed here"
        }
        return "no connection with TLS: \(text)"
    }
}

extension ConnectionFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreachable(let code): String(cString: strerror(code))
        case .unknownHost: "the name of the host is not known"
        case .untrusted(let reason): reason
        case .late: "no answer in time"
        case .broken(let reason): "the connection broke off: \(reason)"
        case .foreign: "it does not speak HTTP/1.1"
        case .tooLarge(let bytes): "the answer has more than \(bytes) bytes"
        }
    }
}
