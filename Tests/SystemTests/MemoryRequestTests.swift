import Broker
import BrokerTestSupport
import Core
import Foundation
import Store
import Testing

/// Memories by MQTT at a real broker, in both versions, and by the command line beside the daemon.
@Suite("Memories by request", .enabled(if: Site.isPossible, TestBroker.missing))
struct MemoryRequestTests {
    /// Publishes a request and returns the next answer.
    private func ask(
        _ scenario: Scenario, _ client: Client, _ topic: String, _ body: String,
        isFive: Bool, isWrapped: Bool
    ) throws -> JSONValue {
        let (stage, collector) = (scenario.stage, scenario.collector)
        let count = collector.answers.count
        let topic = scenario.site.root + "/memory/" + topic
        let place = #""reply_to":"answers/m","correlation_id":"c1""#
        var text = body
        var properties: MessageProperties?
        if isFive {
            properties = MessageProperties(
                responseTopic: "answers/m", correlationData: Array("c1".utf8))
        }
        if isWrapped {
            text = #"{"message_id":"1","payload":\#(body),"metadata":{\#(isFive ? "" : place)}}"#
        } else if !isFive {
            text = String(body.dropLast()) + (body == "{}" ? "" : ",") + place + "}"
        }
        client.publish(
            Publication(topic: topic, payload: Array(text.utf8), properties: properties))
        try stage.wait("an answer to \(text); the log: \(scenario.site.log)") {
            collector.answers.count > count
        }
        let answer = try #require(collector.answers.last)
        let document = try JSONScanner.scan(answer.payload)
        if isFive {
            #expect(answer.properties?.correlationData == Array("c1".utf8))
        } else if isWrapped {
            #expect(document["metadata"]?["correlation_id"]?.string == "c1")
        } else {
            #expect(document["correlation_id"]?.string == "c1")
        }
        return isWrapped ? try #require(document["payload"]) : document
    }

    @Test(
        "memories are stored and found in both versions of MQTT, bare and in envelopes",
        arguments: ["5", "3.1.1"])
    func versions(_ agent: String) throws {
        let scenario = try Scenario { $0.mqtt = agent }
        let daemon = try scenario.start()
        var stored: [Int64] = []
        for version in [LinkOptions.ProtocolVersion.v5, .v311] {
            let client = scenario.stage.add(
                Client(port: scenario.broker.port, id: "asker-\(version)") { $0.version = version })
            // Properties reach only an agent that speaks MQTT 5.
            let isFive = version == .v5 && agent == "5"
            for isWrapped in [false, true] {
                let made = try ask(
                    scenario, client, "store",
                    #"{"layer":"semantic","content":"The séal of pump 2 leaks","#
                        + #""entity":"pump-2"}"#, isFive: isFive, isWrapped: isWrapped)
                stored.append(try #require(made["id"]?.int, "\(made)"))
                let found = try ask(
                    scenario, client, "query", #"{"query":"SEAL lea*","entity":"pump-2"}"#,
                    isFive: isFive, isWrapped: isWrapped)
                #expect(found["total"]?.int == Int64(stored.count))
                let best = try #require(found["memories"]?.array?.first)
                #expect(best["content"]?.string == "The séal of pump 2 leaks")
                #expect((best["score"]?.double).map { $0 > 0 && $0 <= 1 } == true)
                let refused = try ask(
                    scenario, client, "store", #"{"layer":"working","content":"x"}"#,
                    isFive: isFive, isWrapped: isWrapped)
                #expect(refused["code"]?.string == "BAD_LAYER")
            }
        }
        #expect(stored == [1, 2, 3, 4])
        #expect(try scenario.stop(daemon) == .exited(0))
        #expect(try StoreReader(path: scenario.site.store).memoryCounts().total == 4)
        // A query leaves no mark.
        let payloads = try scenario.site.recorded().map { String(decoding: $0, as: UTF8.self) }
        #expect(!payloads.contains { $0.contains("SEAL") })
    }

    @Test("no text of a query is an error, and what is asked wrongly is answered with what to do")
    func hostile() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "asker"))
        for text in [
            "\\\"", "pump\\\" OR 1=1 --", "NEAR(a b, 2)", "facets : l1", "*", "a AND", "'; DROP",
            "\\u0001", "((((", "^a", "-content:x", "\\u202e", "{content}:a", "\\\\",
        ] {
            let answer = try ask(
                scenario, client, "query", #"{"query":"\#(text)"}"#, isFive: true,
                isWrapped: false)
            #expect(answer["memories"]?.array != nil, "\(text): \(answer)")
        }
        for (body, code) in [
            (#"{"limit":0}"#, "BAD_LIMIT"), (#"{"since":"soon"}"#, "BAD_SINCE"),
            (#"{"query":"a\u0000b"}"#, "BAD_QUERY"), ("5", "NOT_AN_OBJECT"),
        ] {
            let answer = try ask(
                scenario, client, "query", body, isFive: true, isWrapped: false)
            #expect(answer["code"]?.string == code)
        }
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("an answer that would be a command is refused")
    func restricted() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let client = scenario.stage.add(
            Client(
                port: scenario.broker.port, id: "asker",
                filters: [scenario.site.root + "/memory/results"]))
        var answers: [JSONValue] = []
        client.heard = { message in
            if let answer = try? JSONScanner.scan(message.payload) { answers.append(answer) }
        }
        try scenario.stage.wait("subscribed") { client.isSubscribed }
        client.publish(
            Publication(
                topic: scenario.site.root + "/memory/query", payload: Array("{}".utf8),
                properties: MessageProperties(responseTopic: "cmd/press-1/start")))
        try scenario.stage.wait("an answer") { !answers.isEmpty }
        #expect(answers[0]["code"]?.string == "BAD_RESPONSE_TOPIC")
        #expect(scenario.collector.commands.isEmpty)
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("a memory whose PUBACK was lost in a crash is stored once")
    func crash() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start(
            environment: ["JAMEY_FAILPOINT": "afterCommit:2"])
        let client = scenario.stage.add(Client(port: scenario.broker.port, id: "asker"))
        client.publish(
            scenario.site.root + "/memory/store",
            #"{"layer":"semantic","content":"once","reply_to":"answers/m"}"#)
        try scenario.stage.wait("the crash") { !daemon.isRunning }
        let again = try scenario.start()
        try scenario.stage.wait("the answer") { !scenario.collector.answers.isEmpty }
        client.publish(
            scenario.site.root + "/memory/store",
            #"{"layer":"semantic","content":"second","reply_to":"answers/m"}"#)
        try scenario.stage.wait("the second answer") { scenario.collector.answers.count >= 2 }
        let ids = try scenario.collector.answers.compactMap {
            try JSONScanner.scan($0.payload)["id"]?.int
        }
        #expect(Set(ids) == [1, 2])
        #expect(try scenario.stop(again) == .exited(0))
        #expect(try StoreReader(path: scenario.site.store).memoryCounts().total == 2)
    }

    @Test("jameyctl stores, pins and forgets beside the daemon, and without it")
    func commandLine() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        func run(_ arguments: String...) throws -> ChildProcess.End? {
            let command = try ChildProcess(
                [Site.jameyctl, "memory"] + arguments + ["--database", scenario.site.store],
                environment: ProcessInfo.processInfo.environment,
                log: scenario.site.directory.path + "/ctl.log")
            try scenario.stage.wait("the command") { !command.isRunning }
            return command.poll()
        }
        let reader = { try StoreReader(path: scenario.site.store) }
        #expect(try run("store", "the seal", "leaks", "--entity", "pump-2") == .exited(0))
        #expect(try run("pin", "1") == .exited(0))
        #expect(try reader().memory(1)?.isPinned == true)
        #expect(try reader().memory(1)?.memory.content == "the seal leaks")
        #expect(try run("pin", "9") == .exited(1))
        #expect(try scenario.stop(daemon) == .exited(0))
        #expect(try run("unpin", "1") == .exited(0))
        #expect(try run("store", "more", "--entity", "pump-2", "--layer", "episodic") == .exited(0))
        #expect(try reader().memory(1)?.isPinned == false)
        let again = try scenario.start()
        #expect(try reader().memoryCounts().total == 2)
        #expect(try run("forget", "--entity", "pump-2") == .exited(0))
        #expect(try reader().memoryCounts().total == 0)
        #expect(try run("forget", "1") == .exited(1))
        #expect(try scenario.stop(again) == .exited(0))
    }
}
