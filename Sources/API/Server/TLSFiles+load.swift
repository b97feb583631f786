import Core
import NIOSSL

extension APISettings.TLSFiles {
    /// Reads both files, and sees whether they belong together.
    /// - Throws: what is wrong with them; nothing is served without them.
    func load() throws(TLSFault) -> NIOSSLContext {
        let chain = try Self.read(certificate, isSecret: false)
        let secret = try Self.read(key, isSecret: true)
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(chain) } catch {
            throw TLSFault(file: certificate, reason: "holds no certificate in PEM")
        }
        let privateKey: NIOSSLPrivateKey
        do { privateKey = try NIOSSLPrivateKey(bytes: secret, format: .pem) } catch {
            throw TLSFault(file: key, reason: "holds no private key in PEM")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw TLSFault(file: key, reason: "is not the key of \(certificate)")
        }
    }

    private static func read(
        _ path: String, isSecret: Bool
    ) throws(TLSFault) -> [UInt8] {
        do throws(TextFileError) {
            return try TextFile.readBytes(path, bytesMax: Limits.apiCertificateBytesMax) { status in
                if isSecret, status.st_mode & 0o007 != 0 {
                    return "is open to every user: chmod o= \(path)"
                }
                // Whoever can write it decides whether the API can be reached.
                let isOpen = status.st_mode & 0o002 != 0
                return isOpen ? "can be written by every user: chmod o-w \(path)" : nil
            }
        } catch { throw TLSFault(file: path, reason: error.description) }
    }
}

/// What is wrong with a certificate or its key.
struct TLSFault: Error, CustomStringConvertible {
    var file: String
    var reason: String

    var description: String { "\(file) \(reason)" }
}
