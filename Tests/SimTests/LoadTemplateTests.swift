import Testing

@testable import jameysim

@Suite("A load")
struct LoadTemplateTests {
    @Test("numbers every message and gives each device its turn")
    func rendering() {
        let template = LoadTemplate(devices: 3, qos: 1, firePercent: 0)
        var packets: [UInt8] = []
        template.append(70_000, to: &packets)
        let topic = "plant/2/d1/telemetry"
        let payload = """
            {"n":10070000,"temp":61.4,"vib":2.71,"rpm":1450,"amp":12.5,"unit":"C",\
            "state":"running"}
            """
        let expected = Packet.publish(
            topic: topic, payload: Array(payload.utf8), packetID: UInt16(1 + 70_000 % 65_535))
        #expect(packets == expected)
        #expect((80...100).contains(payload.utf8.count))
    }

    @Test("carries no packet identifier at QoS 0")
    func qos0() {
        var packets: [UInt8] = []
        LoadTemplate(devices: 1, qos: 0, firePercent: 100).append(0, to: &packets)
        #expect(packets.first == 0x30)
        #expect(String(decoding: packets, as: UTF8.self).contains(#"telemetry{"n":10000000"#))
    }

    @Test("is too hot as often as asked for, on every device alike", arguments: [0, 1, 5, 100])
    func firing(percent: Int) {
        let template = LoadTemplate(devices: 100, qos: 0, firePercent: percent)
        var hot = [Int](repeating: 0, count: 100)
        for index in 0..<100_000 where template.isHot(index) { hot[index % 100] += 1 }
        #expect(hot.allSatisfy { $0 == percent * 10 })
    }

    @Test("knows how often a rule on it begins and ceases to hold")
    func transitions() {
        let template = LoadTemplate(devices: 1, qos: 0, firePercent: 50)
        // Of one device: hot when twice its turn has come round, every other message.
        #expect(template.transitions(count: 4) == (raised: 2, resolved: 2))
        #expect(template.transitions(count: 3) == (raised: 2, resolved: 1))
    }

    @Test("writes remaining lengths of one and of more bytes (MQTT 3.1.1, section 2.2.3)")
    func lengths() {
        let short = Packet.publish(topic: "t", payload: [], packetID: nil)
        #expect(short == [0x30, 3, 0, 1, UInt8(ascii: "t")])
        let long = Packet.publish(
            topic: "t", payload: [UInt8](repeating: 0, count: 318), packetID: nil)
        #expect(Array(long[1...2]) == [0xC1, 0x02])
    }
}
