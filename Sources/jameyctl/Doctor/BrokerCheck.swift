import Core
import Glibc

/// Whether the broker can be reached from here, as the agent is configured to.
struct BrokerCheck {
    static let check = "broker"

    let outline: ConfigurationOutline
    let credentials: String

    func findings() -> [Finding] { reachFindings() + tokenFindings(at: SystemTime().now()) }

    private func reachFindings() -> [Finding] {
        var tls: BrokerProbe.TLS?
        if outline.isBrokerEncrypted {
            do throws(Unread) { tls = try files() } catch {
                return [
                    error.isHidden
                        ? .hidden(Self.check, "TLS cannot be tried: \(error.text)")
                        : .error(
                            Self.check, "TLS cannot work: \(error.text)",
                            do: "correct the files below broker.tls")
                ]
            }
        }
        let probe = BrokerProbe(host: outline.brokerHost, port: outline.brokerPort, tls: tls)
        return [finding(probe.run())]
    }

    private var place: String { "\(outline.brokerHost):\(outline.brokerPort)" }

    private func finding(_ result: Result<Void, ConnectionFault>) -> Finding {
        switch result {
        case .success where outline.isBrokerEncrypted:
            .ok(Self.check, "\(place) takes connections, and its certificate is trusted")
        case .success: .ok(Self.check, "\(place) takes connections")
        case .failure(let fault):
            .error(Self.check, "\(place): \(fault)", do: advice(for: fault))
        }
    }

    private func advice(for fault: ConnectionFault) -> String {
        switch fault {
        case .unreachable(let code) where code == ECONNREFUSED:
            "start the broker (systemctl start mosquitto), or correct broker.host and broker.port"
        case .unreachable, .late:
            "look at the network between here and \(outline.brokerHost), and at firewalls"
        case .unknownHost: "correct broker.host, or the name service (resolvectl query)"
        case .untrusted:
            "broker.tls.ca must have the authority of the broker's certificate, which must be for "
                + outline.brokerHost
        case .broken, .foreign, .tooLarge:
            "look into the broker's log; is \(outline.brokerPort) its port for "
                + (outline.isBrokerEncrypted ? "TLS?" : "connections without TLS?")
        }
    }

    // MARK: Files

    private struct Unread: Error {
        var text: String
        /// Only this account may not read it.
        var isHidden: Bool
    }

    private func files() throws(Unread) -> BrokerProbe.TLS {
        BrokerProbe.TLS(
            authorities: try bytes("broker.tls.ca"),
            certificate: try bytes("broker.tls.certificate"), key: try bytes("broker.tls.key"),
            allowsTLS12: outline.allowsTLS12)
    }

    /// nil where the configuration names none.
    private func bytes(_ key: String) throws(Unread) -> [UInt8]? {
        guard let file = outline.file(key) else { return nil }
        let path = file.reference.path(credentials: credentials)
        do throws(TextFileError) {
            return try TextFile.readBytes(path, bytesMax: Limits.apiCertificateBytesMax) { _ in
                nil
            }
        } catch {
            let reason = error.description
            let denied = String(cString: strerror(EACCES))
            throw Unread(text: "\(path) \(reason)", isHidden: reason.contains(denied))
        }
    }
}
