import CEL

/// The condition that `jameysim cel` measures, and the messages that it is asked about.
enum BenchPredicate {
    static let text = """
        payload.temp > 80.0 && payload.unit == "C" && topic.startsWith("plant/") \
        && payload.vib.exists(v, v > 7.1)
        """
    /// Members of the payload that it asks for.
    static let pathCount = 3
    static let topic = "plant/press/pump-07/telemetry"

    /// 211 bytes for which every term holds; of the eight readings only the last is too high.
    static let payload = reading(temperature: "83.25")
    /// As long, but already the first term does not hold.
    static let calmPayload = reading(temperature: "61.50")

    static let environment = Environment(
        variables: ["payload", "topic"], types: ["topic": .string])
    static let payloadSlot = 0
    static let topicSlot = 1

    private static func reading(temperature: String) -> String {
        """
        {"n":4821,"device":"pump-07","line":"press","state":"running","unit":"C",\
        "temp":\(temperature),"rpm":1450,"amp":12.5,\
        "vib":[2.71,3.02,2.94,3.38,2.86,3.11,2.97,7.84],\
        "at":"2026-11-03T09:41:27.482Z","ok":true,"fw":"3.1.4"}
        """
    }
}
