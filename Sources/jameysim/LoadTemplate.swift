/// The messages of a load, rendered once: a message is a copy with its number written over.
struct LoadTemplate {
    /// Where a packet has its identifier and the eight digits of its number.
    private struct Rendered {
        var bytes: [UInt8]
        var identifierAt: Int?
        var numberAt: Int
    }

    /// Numbers start here, so that all have eight digits.
    static let firstNumber = 10_000_000

    /// For each device a calm reading and one that is too hot.
    private var calm: [Rendered] = []
    private var hot: [Rendered] = []
    private let devices: Int
    private let firePercent: Int

    init(devices: Int, qos: Int, firePercent: Int) {
        self.devices = devices
        self.firePercent = firePercent
        for device in 0..<devices {
            calm.append(Self.render(device: device, temperature: "61.4", qos: qos))
            hot.append(Self.render(device: device, temperature: "92.6", qos: qos))
        }
    }

    /// Whether message `index` is too hot: in every hundred of a device as many as asked for, and
    /// never all devices at once.
    func isHot(_ index: Int) -> Bool {
        let turn = index / devices + index % devices
        return (turn * firePercent) % 100 < firePercent
    }

    /// Appends message `index`, from 0, to packets that wait to be sent.
    func append(_ index: Int, to packets: inout [UInt8]) {
        let device = index % devices
        let rendered = isHot(index) ? hot[device] : calm[device]
        let start = packets.count
        packets.append(contentsOf: rendered.bytes)
        if let identifierAt = rendered.identifierAt {
            let identifier = 1 + index % 65_535
            packets[start + identifierAt] = UInt8(identifier >> 8)
            packets[start + identifierAt + 1] = UInt8(identifier & 0xFF)
        }
        var number = Self.firstNumber + index
        var at = start + rendered.numberAt + 7
        for _ in 0..<8 {
            packets[at] = UInt8(ascii: "0") + UInt8(number % 10)
            number /= 10
            at -= 1
        }
    }

    /// How often a rule `temp > 80` begins and ceases to hold over the first `count` messages.
    func transitions(count: Int) -> (raised: Int, resolved: Int) {
        var isFiring = [Bool](repeating: false, count: devices)
        var raised = 0
        var resolved = 0
        for index in 0..<count {
            let device = index % devices
            let isNowHot = isHot(index)
            guard isNowHot != isFiring[device] else { continue }
            isFiring[device] = isNowHot
            if isNowHot { raised += 1 } else { resolved += 1 }
        }
        return (raised, resolved)
    }

    /// About 90 bytes of payload in seven fields.
    private static func render(device: Int, temperature: String, qos: Int) -> Rendered {
        let topic = "plant/\(1 + device % 10)/d\(device)/telemetry"
        let payload = """
            {"n":\(firstNumber),"temp":\(temperature),"vib":2.71,"rpm":1450,"amp":12.5,\
            "unit":"C","state":"running"}
            """
        let bytes = Packet.publish(
            topic: topic, payload: Array(payload.utf8), packetID: qos > 0 ? 1 : nil)
        let payloadAt = bytes.count - payload.utf8.count
        return Rendered(
            bytes: bytes, identifierAt: qos > 0 ? payloadAt - 2 : nil,
            numberAt: payloadAt + #"{"n":"#.utf8.count)
    }
}
