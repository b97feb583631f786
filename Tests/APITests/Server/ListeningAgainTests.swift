import Agent
import BrokerTestSupport
import Core
import Foundation
import Glibc
import Synchronization
import Testing

@testable import API

@Suite("Listening again")
struct ListeningAgainTests {
    /// What the server told, one after the other.
    private final class Told: Sendable {
        private let all = Mutex<[(places: [String], errors: [APIStartError])]>([])

        func append(_ places: [String], _ errors: [APIStartError]) {
            all.withLock { $0.append((places, errors)) }
        }

        var list: [(places: [String], errors: [APIStartError])] { all.withLock { $0 } }
    }

    /// One with a file in the place of its socket.
    private func blocked() throws -> APIFixture {
        let fixture = try APIFixture.make(settings: { all, path in
            all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
            all.socketPath = path + "/api.sock"
        })
        close(open(fixture.path + "/api.sock", O_CREAT | O_WRONLY, 0o600))
        return fixture
    }

    @Test("what could not be listened on is tried again, and the rest stays")
    func again() async throws {
        let fixture = try blocked()
        let first = await fixture.server.start()
        let places = fixture.server.places
        #expect(first.count == 1 && places.count == 1)
        #expect(await fixture.server.listenAgain() == first)
        unlink(fixture.path + "/api.sock")
        #expect(await fixture.server.listenAgain().isEmpty)
        #expect(fixture.server.places == ["unix:\(fixture.path)/api.sock"] + places)
        await fixture.server.stop()
        #expect(await fixture.server.listenAgain().isEmpty)
        #expect(fixture.server.places.isEmpty)
    }

    @Test("a socket whose file was removed is made again")
    func removed() async throws {
        let server = try await RunningServer.start()
        let places = server.fixture.server.places
        unlink(server.socketPath)
        #expect(await server.fixture.server.listenAgain().isEmpty)
        #expect(server.fixture.server.places == places)
        let answer = try await server.askLocally("GET /livez")
        #expect(answer.status == 200)
        await server.stop()
    }

    @Test("what has changed is told, and SIGHUP waits for no pause")
    func told() async throws {
        let fixture = try blocked()
        let server = fixture.server
        let told = Told()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Nothing is tried again by itself while this test waits for it.
                await server.run(pauseMin: .seconds(3600)) { told.append($0, $1) }
            }
            try await Condition.becomesTrue("what cannot be") { told.list.count == 1 }
            unlink(fixture.path + "/api.sock")
            await server.reload()
            try await Condition.becomesTrue("that it is well") { told.list.count == 2 }
            await server.stop()
            // It ends with the stop.
            try await group.waitForAll()
        }
        let (first, last) = (told.list[0], told.list[1])
        #expect(first.errors.count == 1 && first.places.count == 1)
        #expect(last.errors.isEmpty && last.places.count == 2)
        #expect(told.list.count == 2)
    }

    @Test("one that is stopped before it has begun tells nothing, and ends")
    func stoppedBefore() async throws {
        let fixture = try blocked()
        let told = Told()
        await fixture.server.stop()
        await fixture.server.run { told.append($0, $1) }
        #expect(told.list.isEmpty)
    }

    @Test(
        "a certificate that comes later is taken",
        .enabled(if: TestCertificates.isPossible, "openssl is not installed"))
    func certificate() async throws {
        let certificates = try TestCertificates()
        let pair = certificates.right
        let fixture = try APIFixture.make(settings: { all, path in
            all.listen = [ListenAddress(host: "127.0.0.1", port: 0)]
            all.tls = .init(certificate: path + "/late.pem", key: path + "/late.key")
        })
        #expect(await fixture.server.start().count == 1)
        // Its files are there for as long as it is.
        try withExtendedLifetime(certificates) {
            for (from, name) in [(pair.certificate, "late.pem"), (pair.key, "late.key")] {
                try FileManager.default.copyItem(atPath: from, toPath: fixture.path + "/" + name)
            }
        }
        let errors = await fixture.server.listenAgain()
        #expect(errors.isEmpty, "\(errors)")
        #expect(fixture.server.places.count == 1 && fixture.server.upkeep.certificate != nil)
        await fixture.server.stop()
    }
}
