import Core

/// What a device publishes in a simulated life.
struct SimMessage {
    var topic: String
    var payload: [UInt8]
    var qos: QoS
    var retain = false
    var properties: MessageProperties?
    /// Told of by the link without its payload.
    var isOversized = false

    /// What every good rule set records, whatever it says.
    var isAlwaysRecorded: Bool {
        topic.hasPrefix("t/all/") || topic.hasSuffix("/proposed") || topic.hasSuffix("/evaluate")
    }

    /// Its number among all that devices published; nil for those that have none.
    var number: Int? { Self.number(in: payload) }

    /// The digits after `{"n":`, with which every numbered payload begins.
    static func number(in payload: [UInt8]) -> Int? {
        guard payload.starts(with: #"{"n":"#.utf8) else { return nil }
        let digits = payload.dropFirst(5).prefix { 0x30...0x39 ~= $0 }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

/// Three devices that say a bit of everything, each numbered message once only.
struct SimDevices {
    /// The number of the newest message that has one.
    private(set) var last = 0
    private let root: String
    /// Only what every rule set records.
    private let isAllRecorded: Bool

    init(root: String, isAllRecorded: Bool) {
        self.root = root
        self.isAllRecorded = isAllRecorded
    }

    mutating func next(_ random: inout SimRandom) -> SimMessage {
        let device = "d\(random.below(3))"
        let qos: QoS = random.chance(75) ? .atLeastOnce : .atMostOnce
        switch random.below(20) {
        case 6..<11 where isAllRecorded, 18..<20 where isAllRecorded:
            return numbered("t/all/\(device)", "\"temp\":\(random.below(120))", qos)
        case 6: return numbered("t/none/\(device)", "\"temp\":\(random.below(120))", qos)
        case 0..<6: return numbered("t/all/\(device)", "\"temp\":\(random.below(120))", qos)
        case 7..<9: return plain("t/changed/\(device)", "{\"temp\":\(random.below(4) * 30)}", qos)
        case 9 where random.chance(50):
            return numbered("t/every/\(device)", "\"temp\":\(random.below(120))", qos)
        case 9, 10: return numbered("t/none/\(device)", "\"temp\":\(random.below(120))", qos)
        case 11..<15:
            let rpm = "\"rpm\":\(random.below(3) * 800)"
            return numbered("cmd/\(device)/start/proposed", rpm, qos)
        case 15, 16:
            var request = numbered(
                "\(root)/conscience/evaluate", "\"action\":\"open the valve\"", qos)
            if random.chance(50) {
                request.properties = MessageProperties(
                    responseTopic: "answers/\(device)", correlationData: [1, 2, 3])
            }
            return request
        case 17 where random.chance(70):
            // Alike in all but their packet identifiers.
            return plain("t/all/\(device)", "{\"temp\":\(random.below(2) * 90)}", .atLeastOnce)
        case 17: return numbered("t/all/\(device)", "broken", qos)
        case 18: return plain("nowhere/\(device)", "{}", qos)
        case 19 where random.chance(40):
            // Somebody says that the agent is gone.
            var lie = plain("\(root)/availability", "offline", qos)
            if random.chance(50) { lie = plain("\(root)/status", #"{"status":"offline"}"#, qos) }
            lie.retain = true
            return lie
        case 19 where random.chance(30):
            var large = plain("t/all/\(device)", "", .atLeastOnce)
            large.isOversized = true
            return large
        case 19:
            var kept = plain("t/changed/\(device)", "{\"temp\":\(random.below(4) * 30)}", qos)
            kept.retain = true
            return kept
        // Integers of our own drawing.
        default: return plain("t/all/\(device)", "{}", qos)
        }
    }

    private mutating func numbered(_ topic: String, _ rest: String, _ qos: QoS) -> SimMessage {
        last += 1
        return plain(topic, "{\"n\":\(last),\(rest)}", qos)
    }

    private func plain(_ topic: String, _ payload: String, _ qos: QoS) -> SimMessage {
        SimMessage(topic: topic, payload: Array(payload.utf8), qos: qos)
    }
}
