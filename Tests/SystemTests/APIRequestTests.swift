import Broker
import BrokerTestSupport
import Core
import Foundation
import Glibc
import Testing

/// Requests to the API that come through a real broker to a real daemon.
@Suite("Requests to the API", .enabled(if: Site.isPossible, TestBroker.missing))
struct APIRequestTests {
    /// A scenario whose daemon answers at a socket of its own.
    private struct Plant {
        let scenario: Scenario
        let daemon: ChildProcess
        let asker: Client
        private let directory: TestDirectory
        private let socket: String

        init() throws {
            let port = try LoopbackPort.free()
            let directory = try TestDirectory("api")
            let socket = directory.path + "/jamey.sock"
            let scenario = try Scenario {
                $0.http = #"{ listen: "127.0.0.1:\#(port)", socket: "\#(socket)" }"#
            }
            self.scenario = scenario
            self.directory = directory
            self.socket = socket
            asker = scenario.stage.add(
                Client(port: scenario.broker.port, id: "asker") { $0.version = .v5 })
            daemon = try scenario.start()
            // The API begins beside the agent, which is online without it.
            try scenario.stage.wait("the API's socket; the log: \(scenario.site.log)") {
                Self.answers(socket)
            }
        }

        private static func answers(_ path: String) -> Bool {
            guard let address = LocalAddress(path: path) else { return false }
            let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            return address.withSocketAddress { connect(descriptor, $0, $1) } == 0
        }

        /// - Returns: the secret of a new key.
        func key(_ role: Role) throws -> String {
            let file = scenario.site.directory.path + "/\(role).key"
            let made = try scenario.command([
                "keys", "create", "\(role)", "--role", "\(role)", "--output", file,
                "--socket", socket,
            ])
            #expect(made.end == .exited(0), "\(made.output)")
            return try String(contentsOfFile: file, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func revoke(_ key: String) throws {
            // jamey_ID_SECRET
            let id = key.split(separator: "_")[1]
            let revoked = try scenario.command(["keys", "revoke", "\(id)", "--socket", socket])
            #expect(revoked.end == .exited(0), "\(revoked.output)")
        }

        /// - Parameters:
        ///   - key: as a header of the request.
        ///   - token: as a user property of the message.
        func ask(
            _ path: String, key: String? = nil, token: String? = nil
        ) throws -> JSONValue {
            let header = key.map { #","headers":{"Authorization":"Bearer \#($0)"}"# } ?? ""
            let count = scenario.collector.answers.count
            asker.publish(
                Publication(
                    topic: scenario.site.root + "/api/requests",
                    payload: Array(#"{"method":"GET","path":"\#(path)"\#(header)}"#.utf8),
                    properties: MessageProperties(
                        responseTopic: "answers/api", correlationData: Array(path.utf8),
                        user: token.map(Self.property) ?? [])))
            try scenario.stage.wait("an answer; the log: \(scenario.site.log)") {
                scenario.collector.answers.count > count
            }
            let answer = try #require(scenario.collector.answers.last)
            #expect(answer.topic == "answers/api")
            #expect(answer.properties?.correlationData == Array(path.utf8))
            return try JSONScanner.scan(answer.payload)
        }

        private static func property(_ token: String) -> [MessageProperties.UserProperty] {
            [MessageProperties.UserProperty(name: "token", value: token)]
        }

        /// That keys are neither in the daemon's log nor in its store, which backups and exports
        /// carry further.
        func expectNoTrace(of keys: [String]) throws {
            let (site, store) = (scenario.site, scenario.site.store)
            var traces = [("the log", Array(site.log.utf8))]
            for place in [store, store + "-wal"] {
                let handle = try #require(FileHandle(forReadingAtPath: place), "\(place)")
                traces.append((place, Array(try handle.readToEnd() ?? Data())))
            }
            for (place, bytes) in traces {
                // The write-ahead log may just have been emptied.
                #expect(!bytes.isEmpty || place.hasSuffix("-wal"), "\(place) cannot be read")
                for key in keys {
                    let secret = Data(key.utf8.suffix(43))
                    #expect(Data(bytes).range(of: secret) == nil, "a key is in \(place)")
                }
            }
        }
    }

    @Test("a key that was made at the socket is good by MQTT for its role, until it is revoked")
    func keys() throws {
        let plant = try Plant()
        let (viewer, admin) = (try plant.key(.viewer), try plant.key(.admin))
        #expect(try plant.ask("/livez")["status"]?.int == 200)
        let nobody = try plant.ask("/status")
        #expect(nobody["status"]?.int == 401)
        #expect(nobody["body"]?["code"]?.string == "UNAUTHENTICATED")
        for answer in [
            try plant.ask("/status", key: viewer), try plant.ask("/status", token: viewer),
        ] {
            #expect(answer["status"]?.int == 200)
            #expect(answer["body"]?["principal"]?["role"]?.string == "viewer")
        }
        #expect(try plant.ask("/keys", key: viewer)["status"]?.int == 403)
        #expect(try plant.ask("/keys", key: admin)["body"]?["keys"]?.array?.count == 2)
        try plant.revoke(viewer)
        #expect(try plant.ask("/status", key: viewer)["status"]?.int == 401)
        #expect(try plant.ask("/status", key: admin)["status"]?.int == 200)
        try plant.expectNoTrace(of: [viewer, admin])
        #expect(try plant.scenario.stop(plant.daemon) == .exited(0))
    }
}
