import BrokerTestSupport
import Dispatch
import Foundation

/// A client of TLS that is not ours but openssl's: our own would only show that we agree with
/// ourselves.
struct TLSClient: Sendable {
    struct Answer: Sendable {
        /// 0 where the handshake succeeded.
        var code: Int32
        /// What the server sent inside of TLS, up to its end.
        var bytes: [UInt8]
        /// What openssl says.
        var report: String
    }

    let port: Int
    /// The certificate of the authority that it trusts.
    let authority: String

    /// Sends a text to 127.0.0.1, which the certificate must name, and reads to the end.
    func ask(_ text: String, _ options: [String] = []) async throws -> Answer {
        let arguments =
            [
                "30", "/usr/bin/openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile",
                authority, "-verify_return_error", "-verify_ip", "127.0.0.1", "-quiet",
            ] + options
        // The threads that tests and handlers share are few.
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Self.run(arguments, text) })
            }
        }
    }

    private static func run(_ arguments: [String], _ text: String) throws -> Answer {
        let directory = try TestDirectory("tls")
        defer { withExtendedLifetime(directory) {} }
        // No pipe: a client that has ended does not read it, and writing would end this process.
        let request = URL(fileURLWithPath: directory.path + "/request")
        try Data(text.utf8).write(to: request)
        let (output, errors) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: request)
        process.standardOutput = output
        process.standardError = errors
        try Command.withSignals { try process.run() }
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        let report = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Answer(
            code: process.terminationStatus, bytes: [UInt8](bytes),
            report: String(decoding: report, as: UTF8.self))
    }
}
