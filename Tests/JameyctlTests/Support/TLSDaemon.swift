import Foundation
import Testing

/// Answers every GET by HTTPS on a free port of this machine with one JSON text. Python's, since a
/// server of our own would only show that we agree with ourselves.
final class TLSDaemon {
    static var isPossible: Bool {
        FileManager.default.isExecutableFile(atPath: openssl)
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
    }
    private static let openssl = "/usr/bin/openssl"

    private static let script = """
        import http.server, ssl, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = sys.argv[3].encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    /// Its own authority, for 127.0.0.1 and localhost.
    let certificate: String
    private let program: Command
    let port: Int

    init(_ scratch: Scratch, answer: String) throws {
        certificate = scratch.directory + "/server.pem"
        let key = scratch.directory + "/server.key"
        let made = try Command(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            ], program: Self.openssl
        ).wait()
        try #require(made.code == 0, "\(made)")
        let program = try Command(
            ["-c", Self.script, certificate, key, answer], program: "/usr/bin/python3")
        try #require(awaits { program.output.contains("\n") }, "\(program.errors)")
        self.program = program
        port = try #require(Int(program.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}
