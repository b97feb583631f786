import BrokerTestSupport
import Core
import Testing

@testable import Broker

@Suite(
    "TLS", .serialized,
    .enabled(if: TestCertificates.isPossible, "mosquitto or openssl is not installed"))
struct TLSTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    private func link(_ broker: TestBroker, _ tls: TLSOptions) -> TestLink {
        TestLink(broker) { $0.tls = tls }
    }

    private var trusting: TLSOptions { TLSOptions(caFile: certificates.authority.certificate) }

    private func lossReason(_ broker: TestBroker, _ tls: TLSOptions) throws -> String {
        let signal = try link(broker, tls).failure()
        guard case .lost(let reason) = signal else { throw TestFailure("\(signal)") }
        return reason
    }

    @Test("the right authority is enough, and everything passes", arguments: [true, false])
    func right(isMinimum13: Bool) throws {
        let broker = try TestBroker(.init(certificate: certificates.right))
        var tls = trusting
        tls.minimum = isMinimum13 ? .v13 : .v12
        let link = link(broker, tls)
        try link.connect()
        try link.subscribe("a/#")
        link.burst.removeAll()
        // Larger than one record of TLS, and many small ones in one.
        let large = [UInt8](repeating: 7, count: 300_000)
        try link.publishAndWait(Publication(topic: "a/large", payload: large))
        for number in 0..<400 {
            _ = try link.link.publish(
                Publication(topic: "a/small", payload: Array("\(number)".utf8), qos: .atMostOnce))
        }
        link.link.flush()
        try link.wait("all", flushing: true) { $0.messages.count == 401 }
        #expect(link.messages[0].payload == large)
        #expect(Array(link.payloads.dropFirst()) == (0..<400).map(String.init))
        #expect(!link.link.hasBufferedInput)
        link.link.disconnect()
    }

    @Test("acknowledgements are held with TLS as well")
    func held() throws {
        let broker = try TestBroker(.init(certificate: certificates.right))
        let link = link(broker, trusting)
        try link.connect()
        try link.subscribe("a")
        link.burst.removeAll()
        try link.publish("a", "1")
        try link.wait("the message") { !$0.messages.isEmpty }
        link.link.abandon()
        #expect(try link.connect())
        try link.wait("the redelivery", flushing: true) { !$0.messages.isEmpty }
        #expect(link.messages[0].isDuplicate == true)
    }

    @Test("a wrong authority is told")
    func wrongAuthority() throws {
        let broker = try TestBroker(.init(certificate: certificates.right))
        let tls = TLSOptions(caFile: certificates.stranger.certificate)
        let reason = try lossReason(broker, tls)
        #expect(reason.contains("check broker.tls.ca"), "\(reason)")
        let system = try lossReason(broker, TLSOptions())
        #expect(system.contains("check broker.tls.ca"), "\(system)")
    }

    @Test("a certificate for another host is told")
    func wrongHost() throws {
        let broker = try TestBroker(.init(certificate: certificates.wrongHost))
        let reason = try lossReason(broker, trusting)
        #expect(reason.contains("not for 127.0.0.1"), "\(reason)")
    }

    @Test("an expired certificate is told")
    func expired() throws {
        let broker = try TestBroker(.init(certificate: certificates.expired))
        let reason = try lossReason(broker, trusting)
        #expect(reason.contains("has expired"), "\(reason)")
    }

    @Test("a broker older than the minimum is told")
    func tooOld() throws {
        let broker = try TestBroker(
            .init(certificate: certificates.right, lines: ["tls_version tlsv1.2"]))
        // "tlsv1.2" is the broker's minimum too: it still speaks 1.3.
        try link(broker, trusting).connect()
    }

    @Test("a port without TLS is told")
    func plain() throws {
        let broker = try TestBroker()
        let reason = try lossReason(broker, trusting)
        #expect(reason.contains("TLS"), "\(reason)")
    }

    @Test("a client certificate that is asked for is told, and serves")
    func clientCertificate() throws {
        let broker = try TestBroker(
            .init(
                certificate: certificates.right,
                clientAuthority: certificates.authority.certificate))
        let reason = try lossReason(broker, trusting)
        #expect(reason.contains("client certificate"), "\(reason)")
        var tls = trusting
        tls.certificateFile = certificates.client.certificate
        tls.keyFile = certificates.client.key
        try link(broker, tls).connect()
        tls.keyFile = certificates.right.key
        let mismatch = try lossReason(broker, tls)
        #expect(mismatch.contains("TLS"), "\(mismatch)")
    }

    @Test("a file that holds no authority is told")
    func noAuthority() throws {
        let broker = try TestBroker(.init(certificate: certificates.right))
        let reason = try lossReason(broker, TLSOptions(caFile: certificates.right.key))
        #expect(reason.contains("holds no certificates"), "\(reason)")
    }
}
