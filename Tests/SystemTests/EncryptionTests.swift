import BrokerTestSupport
import Core
import Glibc
import Testing

/// Brokers whose certificate must not be trusted.
@Suite("Certificates", .enabled(if: Site.isPossible && TestCertificates.isPossible))
struct EncryptionTests {
    enum Fault: String, CaseIterable { case authority, host, expired }

    @Test(
        "a wrong certificate is told for what it is, and the right one is found by itself",
        arguments: Fault.allCases)
    func wrong(_ fault: Fault) throws {
        let certificates = try TestCertificates()
        let (pair, reason) =
            switch fault {
            case .authority: (certificates.right, "check broker.tls.ca")
            case .host: (certificates.wrongHost, "not for 127.0.0.1")
            case .expired: (certificates.expired, "has expired")
            }
        let broker = try TestBroker(.init(certificate: pair))
        let authority =
            fault == .authority ? certificates.stranger : certificates.authority
        let site = try Site(port: broker.port) { $0.authority = authority.certificate }
        let stage = Stage()
        let daemon = try site.start()
        try stage.wait("a reason; the log: \(site.log)") { site.log.contains("no link to") }
        let line = site.log.split(separator: "\n").first { $0.contains("no link to") } ?? ""
        print("broker: TLS, wrong \(fault.rawValue): \(line)")
        #expect(line.contains(reason))
        #expect(!site.log.contains("connected to the broker"))
        // What was wrong is mended: a certificate of the right authority, host and time.
        if fault == .authority {
            try certificates.replace(certificates.stranger, by: certificates.authority)
        } else {
            broker.settings.certificate = certificates.right
            try broker.restart()
        }
        let recovery = try stage.wait("connected; the log: \(site.log)", seconds: 40) {
            site.log.contains("connected to the broker")
        }
        print(
            "broker: TLS, wrong \(fault.rawValue): connected \(recovery.text) after it was mended")
        daemon.signal(SIGTERM)
        try stage.wait("stopped") { !daemon.isRunning }
        #expect(daemon.poll() == .exited(0))
    }
}
