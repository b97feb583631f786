import Broker
import BrokerTestSupport
import Core
import Testing

/// Requests to judge, in both versions of MQTT.
@Suite("Requests", .enabled(if: Site.isPossible, TestBroker.missing))
struct RequestTests {
    @Test(
        "requests are answered in both versions of MQTT, whichever the agent speaks",
        arguments: ["5", "3.1.1"])
    func versions(_ agent: String) throws {
        let scenario = try Scenario { $0.mqtt = agent }
        let (stage, collector) = (scenario.stage, scenario.collector)
        let daemon = try scenario.start()
        let topic = scenario.site.root + "/conscience/evaluate"
        for version in [LinkOptions.ProtocolVersion.v5, .v311] {
            let client = stage.add(
                Client(port: scenario.broker.port, id: "asker-\(version)") {
                    $0.version = version
                })
            let count = collector.answers.count
            // Properties reach only an agent that speaks MQTT 5.
            if version == .v5, agent == "5" {
                client.publish(
                    Publication(
                        topic: topic, payload: Array(#"{"action":"help"}"#.utf8),
                        properties: MessageProperties(
                            responseTopic: "answers/one", correlationData: Array("c1".utf8))))
            } else {
                client.publish(
                    topic,
                    #"{"action":"help","reply_to":"answers/two","correlation_id":"c1"}"#)
            }
            try stage.wait("an answer; the log: \(scenario.site.log)") {
                collector.answers.count > count
            }
            let answer = try #require(collector.answers.last)
            let body = try JSONScanner.scan(answer.payload)
            #expect(body["action"]?.string == "help" && body["decision_id"]?.string != nil)
            if version == .v5, agent == "5" {
                #expect(answer.properties?.correlationData == Array("c1".utf8))
            } else {
                #expect(body["correlation_id"]?.string == "c1")
            }
        }
        #expect(try scenario.stop(daemon) == .exited(0))
    }
}
