import CMosquitto
import Core
import Glibc

extension MosquittoLink {
    /// A filter that libmosquitto would refuse is answered here with 0x8F (Topic Filter invalid);
    /// 0x80 (Unspecified error) stands for what could not be queued.
    ///
    /// With MQTT 5 retained messages come for new subscriptions only, so that renewing them does
    /// not repeat what was heard (retain handling 1, section 3.8.3.1), or not at all (2).
    public func subscribe(_ subscriptions: [Subscription]) {
        guard case .up(let connection) = stage else { return }
        let retained =
            options.takesRetained ? MQTT_SUB_OPT_SEND_RETAIN_NEW : MQTT_SUB_OPT_SEND_RETAIN_NEVER
        var call = PendingSubscribe(codes: Array(repeating: 0x8F, count: subscriptions.count))
        for qos in [QoS.atMostOnce, .atLeastOnce] {
            let places = subscriptions.indices.filter {
                subscriptions[$0].qos == qos && Self.isFilter(subscriptions[$0].filter)
            }
            for packet in Self.packets(places, bytes: { subscriptions[$0].filter.utf8.count }) {
                var packetID: Int32 = 0
                let code = Self.withFilters(packet.map { subscriptions[$0].filter }) {
                    mosquitto_subscribe_multiple(
                        connection.handle, &packetID, Int32(packet.count), $0,
                        Int32(qos.rawValue), Int32(retained.rawValue), nil)
                }
                for place in packet { call.codes[place] = 0x80 }
                if code == MOSQ_ERR_SUCCESS.rawValue { call.packets[packetID] = packet }
            }
        }
        if call.isComplete, connection.subscribing.isEmpty {
            connection.signals.append(.subscribed(codes: call.codes))
        } else {
            connection.subscribing.append(call)
        }
    }

    public func unsubscribe(_ filters: [String]) {
        guard case .up(let connection) = stage else { return }
        let places = filters.indices.filter { Self.isFilter(filters[$0]) }
        for packet in Self.packets(places, bytes: { filters[$0].utf8.count }) {
            // Best effort: what stays subscribed reaches no route and is dropped.
            _ = Self.withFilters(packet.map { filters[$0] }) {
                mosquitto_unsubscribe_multiple(
                    connection.handle, nil, Int32(packet.count), $0, nil)
            }
        }
    }

    private static func isFilter(_ filter: String) -> Bool {
        LinkOptions.isSendable(filter)
            && mosquitto_sub_topic_check(filter) == MOSQ_ERR_SUCCESS.rawValue
            && !filter.isEmpty
    }

    /// Divides places among packets of bounded size, in order.
    static func packets(_ places: [Int], bytes: (Int) -> Int) -> [[Int]] {
        var packets: [[Int]] = []
        var room = 0
        for place in places {
            let size = bytes(place) + 3
            if packets.isEmpty || room < size {
                packets.append([])
                room = Limits.subscribePacketBytesMax
            }
            packets[packets.count - 1].append(place)
            room -= size
        }
        return packets
    }

    private static func withFilters(
        _ filters: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
    ) -> Int32 {
        let copies = filters.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
