import Agent
import BrokerTestSupport
import Core
import Foundation
import Glibc
import Logging
import Testing

@testable import API

@Suite(
    "A certificate that is renewed",
    .enabled(if: TestCertificates.isPossible, "openssl is not installed"))
struct TLSCertificateTests {
    private let certificates: TestCertificates
    private let log = ListedLog()

    init() throws { certificates = try TestCertificates() }

    private func certificate(_ pair: TestCertificates.Pair) throws -> TLSCertificate {
        try TLSCertificate(
            APISettings.TLSFiles(pair), log: Logger(label: "test") { [log] _ in log })
    }

    /// In one step, with the mode that the new file has, as `install` and `mv` do.
    private func put(_ new: String, as path: String) throws {
        try FileManager.default.copyItem(atPath: new, toPath: path + ".new")
        try #require(rename(path + ".new", path) == 0)
    }

    @Test("both files are read once they have changed, and stand still")
    func renewed() throws {
        let (pair, other) = (certificates.right, certificates.wrongHost)
        let certificate = try certificate(pair)
        let first = certificate.context
        certificate.refresh()
        #expect(certificate.context === first)
        try put(other.certificate, as: pair.certificate)
        certificate.refresh()
        // In between they do not belong together, and nobody is told so.
        #expect(certificate.context === first && certificate.fault == nil)
        try put(other.key, as: pair.key)
        certificate.refresh()
        #expect(certificate.context === first && certificate.fault == nil)
        certificate.refresh()
        #expect(certificate.context !== first && certificate.fault == nil)
        let second = certificate.context
        certificate.refresh()
        #expect(certificate.context === second)
        #expect(!log.has("error:"), "\(log.lines)")
    }

    @Test("broken files change nothing, are told of once, and what mends them is taken")
    func broken() throws {
        let pair = certificates.right
        let kept = pair.certificate + ".kept"
        try FileManager.default.copyItem(atPath: pair.certificate, toPath: kept)
        let certificate = try certificate(pair)
        let first = certificate.context
        func expect(_ reason: String) {
            for _ in 0..<3 { certificate.refresh() }
            #expect(certificate.context === first)
            #expect(certificate.fault?.contains(reason) == true, "\(reason)")
        }
        try put(certificates.wrongHost.certificate, as: pair.certificate)
        expect("is not the key of")
        try put(pair.key, as: pair.certificate)
        expect("holds no certificate")
        try #require(unlink(pair.certificate) == 0)
        expect("cannot be opened")
        let told = log.lines.filter { $0.hasPrefix("error:") }
        #expect(told.count == 3, "\(told)")
        try put(kept, as: pair.certificate)
        certificate.reload()
        #expect(certificate.context !== first && certificate.fault == nil)
    }

    @Test("a key that was open to all is taken once that is mended in place")
    func mendedPermissions() throws {
        let key = certificates.right.key
        // What the message says to do, and no more: the group may go on reading it.
        try expectMended(key, 0o644, "is open to every user: chmod o= \(key)", 0o640)
    }

    @Test("a certificate that everybody can write is not taken")
    func writable() throws {
        let path = certificates.right.certificate
        try expectMended(path, 0o646, "can be written by every user: chmod o-w \(path)", 0o644)
    }

    /// With one mode the file is not taken, and why is told; with another it is.
    private func expectMended(
        _ path: String, _ mode: mode_t, _ reason: String, _ mended: mode_t,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let certificate = try certificate(certificates.right)
        let first = certificate.context
        try #require(chmod(path, mode) == 0, sourceLocation: sourceLocation)
        for _ in 0..<2 { certificate.refresh() }
        let fault = certificate.fault ?? ""
        #expect(certificate.context === first, sourceLocation: sourceLocation)
        #expect(fault.contains(reason), "\(fault)", sourceLocation: sourceLocation)
        try #require(chmod(path, mended) == 0, sourceLocation: sourceLocation)
        for _ in 0..<2 { certificate.refresh() }
        #expect(
            certificate.context !== first && certificate.fault == nil,
            sourceLocation: sourceLocation)
    }

    @Test("new connections are shown the new one; health tells of a broken one until it is mended")
    func served() async throws {
        let (shown, right) = (certificates.wrongHost, certificates.right)
        let server = try await RunningServer.start(showing: shown)
        let fixture = server.fixture
        let client = TLSClient(
            port: server.port, authority: certificates.authority.certificate)
        let request = RunningServer.text("GET /livez")
        let before = try await client.ask(request)
        #expect(before.code != 0 && before.bytes.isEmpty, "\(before.report)")
        try put(right.certificate, as: shown.certificate)
        try put(right.key, as: shown.key)
        await fixture.server.reload()
        let after = try await client.ask(request)
        #expect(RawResponse(after.bytes)?.status == 200, "\(after.report)")

        try await fixture.port.ask { $0.apiStatus = .listening(["here"]) }
        try put(right.key, as: shown.certificate)
        try await expect("degraded", "holds no certificate", fixture)
        let still = try await client.ask(request)
        #expect(RawResponse(still.bytes)?.status == 200, "\(still.report)")
        try put(right.certificate, as: shown.certificate)
        try await expect("ok", nil, fixture)
        await server.stop()
    }

    /// Waits for what health has to say of the API.
    private func expect(
        _ status: String, _ reason: String?, _ fixture: APIFixture,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await Condition.becomesTrue("\(status)", sourceLocation: sourceLocation) {
            fixture.clock.advance(by: Limits.apiFilesInterval)
            await fixture.server.upkeep.work()
            let answer = await fixture.admin(.get, "/status")
            let api = answer.json?["components"]?["api"]
            let said = api?["reason"]?.string
            guard api?["status"]?.string == status else { return false }
            return reason.map { said?.contains($0) == true } ?? (said == nil)
        }
    }
}
