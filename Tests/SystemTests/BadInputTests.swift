import Broker
import BrokerTestSupport
import Core
import Foundation
import Testing

/// What hostile or broken devices publish, through a real broker.
@Suite("Bad input", .enabled(if: Site.isPossible, TestBroker.missing))
struct BadInputTests {
    private static let malformed: [[UInt8]] =
        [
            "", " ", "nul", "NaN", "-", "+1", "01", "1.", ".5", "1e999", "\"", "\"\\u12\"",
            "\"\\ud800\"",
            "'a'", "[", "[1,]", "[1,,2]", "{", "{\"a\"", "{\"a\":1,}", "{a:1}", "{\"a\":1,\"a\":2}",
            "{\"a\":1}x", "// c\n1", "\u{feff}1", String(repeating: "[", count: 100_000),
            String(repeating: "{\"a\":", count: 1_000),
        ].map { Array($0.utf8) } + [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0xFF, 0xFE], [0], (0...255).map { $0 },
        ]

    @Test("malformed payloads are counted and explained, and every question is answered")
    func payloads() throws {
        let scenario = try Scenario()
        let (stage, collector) = (scenario.stage, scenario.collector)
        let daemon = try scenario.start()
        let device = stage.add(Client(port: scenario.broker.port, id: "hostile"))
        let evaluate = scenario.site.root + "/conscience/evaluate"
        for payload in Self.malformed {
            device.publish(Publication(topic: "plant/a/press-1/telemetry", payload: payload))
            device.publish(Publication(topic: "cmd/press-1/start/proposed", payload: payload))
            device.publish(
                Publication(
                    topic: evaluate, payload: payload,
                    properties: MessageProperties(responseTopic: "answers/hostile")))
        }
        let count = Self.malformed.count
        try stage.wait("answers to \(count) questions; the log: \(scenario.site.log)") {
            collector.answers.count == count
        }
        for answer in collector.answers {
            #expect(try JSONScanner.scan(answer.payload)["error"]?.string != nil)
        }
        try stage.wait("the counts") { collector.metric("verdicts_denied_total") == Double(count) }
        #expect(collector.metric("errors_total") ?? 0 >= Double(3 * count))
        // Told of up to the bound of a minute, and then counted only.
        #expect(collector.errors.count == Limits.errorsPerMinute)
        #expect(collector.metric("errors_suppressed_total") ?? 0 > 0)
        #expect(collector.commands.isEmpty)
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("payloads of 1 MiB are taken, larger ones refused, and both acknowledged")
    func large() throws {
        let scenario = try Scenario()
        let (stage, collector) = (scenario.stage, scenario.collector)
        let daemon = try scenario.start()
        let device = stage.add(Client(port: scenario.broker.port, id: "large"))
        func payload(_ bytes: Int) -> [UInt8] {
            let frame = Array(#"{"n":1,"x":""}"#.utf8)
            return Array(#"{"n":1,"x":""#.utf8)
                + [UInt8](repeating: 0x61, count: bytes - frame.count) + Array("\"}".utf8)
        }
        let topic = "plant/a/press-1/telemetry"
        device.publish(Publication(topic: topic, payload: payload(Limits.payloadBytesMax)))
        device.publish(Publication(topic: topic, payload: payload(Limits.payloadBytesMax + 1)))
        device.publish(topic, #"{"n":3}"#)
        try stage.wait("the last; the log: \(scenario.site.log)") {
            try scenario.recordedNumbers()[3] != nil
        }
        #expect(try scenario.recordedNumbers() == [1: 1, 3: 1])
        try stage.wait("it is told") { collector.errors.contains("PAYLOAD_TOO_LARGE") }
        try stage.wait("it is counted") { collector.metric("messages_oversized_total") == 1 }
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("long topics, strange topics and unknown properties do no harm")
    func topics() throws {
        let scenario = try Scenario()
        let stage = scenario.stage
        let daemon = try scenario.start()
        let device = stage.add(Client(port: scenario.broker.port, id: "strange"))
        let long = "plant/a/" + String(repeating: "x", count: 65_535 - 18) + "/telemetry"
        #expect(long.utf8.count == Limits.topicBytesMax)
        // mosquitto closes the connection at more than 200 levels.
        let deep = "plant/" + String(repeating: "/", count: 190) + "telemetry"
        let strange = "plant/é\u{301}😀/press 1/telemetry"
        let user = (0..<200).map { MessageProperties.UserProperty(name: "p\($0)", value: "v") }
        let properties = MessageProperties(
            correlationData: [0, 255], contentType: "application/x-unknown", user: user)
        for topic in [long, deep, strange] {
            device.publish(
                Publication(topic: topic, payload: Array(#"{"n":1}"#.utf8), properties: properties))
        }
        device.publish("plant/a/press-1/telemetry", #"{"n":2}"#)
        try stage.wait("the last; the log: \(scenario.site.log)") {
            try scenario.recordedNumbers()[2] == 1
        }
        #expect(daemon.isRunning)
        try stage.wait("the long name is told") {
            scenario.collector.errors.contains("UNUSABLE_ENTITY_NAME")
        }
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    @Test("10,000 devices are remembered within bounds")
    func devices() throws {
        let scenario = try Scenario()
        let (stage, collector) = (scenario.stage, scenario.collector)
        let daemon = try scenario.start()
        let device = stage.add(Client(port: scenario.broker.port, id: "many"))
        for number in 1...10_000 {
            device.publish(
                "plant/a/device-\(number)/telemetry", #"{"temp":20.5,"vib":1,"rpm":900}"#)
        }
        try stage.wait("10,000 entities; the log: \(scenario.site.log)", seconds: 60) {
            collector.metric("entities") == 10_000
        }
        let bytes = try #require(collector.metrics?["process_resident_memory_bytes"]?.double)
        print("bad input: 10,000 devices: \(Int(bytes) >> 20) MiB resident (debug build)")
        #expect(bytes < 256 * 1_048_576)
        #expect(try scenario.stop(daemon) == .exited(0))
    }
}
