import CMosquitto
import Core
import Glibc

extension MosquittoLink {
    public func flush() {
        guard let connection, connection.isEstablished, let socket = connection.socket else {
            return
        }
        if let gathering = connection.gathering { return flush(connection, gathering) }
        guard mosquitto_want_write(connection.handle) else { return }
        // libmosquitto writes every PUBACK on its own; corked, they leave in few segments, which
        // spares the broker as many wake-ups.
        let isCorked = connection.heldCount > 1
        if isCorked { Self.cork(socket, true) }
        // Writes until the queue is empty or the socket full; an error says `.lost` by callback.
        let code = mosquitto_loop_write(connection.handle, 1)
        connection.heldCount = 0
        // On an error libmosquitto has closed the socket, and its number may be another's.
        guard code == MOSQ_ERR_SUCCESS.rawValue, connection.socket == socket else {
            connection.isFlushBlocked = false
            return
        }
        if isCorked { Self.cork(socket, false) }
        connection.isFlushBlocked =
            connection.isHandshaking ? false : mosquitto_want_write(connection.handle)
    }

    /// Everything that is queued leaves in one segment, or a few.
    private func flush(_ connection: Connection, _ gathering: Gathering) {
        guard gathering.hasUnsent || mosquitto_want_write(connection.handle) else { return }
        repeat {
            let code = gathering { mosquitto_loop_write(connection.handle, 1) }
            connection.heldCount = 0
            guard code == MOSQ_ERR_SUCCESS.rawValue, connection.socket == gathering.socket else {
                return connection.isFlushBlocked = false
            }
            // Nothing is there when libmosquitto's calls do not arrive here: it wrote by itself.
            let isGathered = gathering.hasUnsent
            if let reason = gathering.flush() {
                connection.isFlushBlocked = false
                return connection.end(reason: reason)
            }
            guard isGathered else {
                return connection.isFlushBlocked = mosquitto_want_write(connection.handle)
            }
        } while mosquitto_want_write(connection.handle) && !gathering.hasUnsent
        connection.isFlushBlocked = gathering.hasUnsent
    }

    private static func cork(_ socket: Int32, _ isOn: Bool) {
        var value: Int32 = isOn ? 1 : 0
        setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    public func publish(_ publication: Publication) throws(PublishError) -> UInt16 {
        guard case .up(let connection) = stage, connection.socket != nil, !connection.isOver else {
            throw .notConnected
        }
        guard publication.qos != .exactlyOnce else {
            // Its state would have to outlive the handle, and restarted identifiers would collide.
            throw .malformed("QoS 2 is not published; QoS 1 is (decision 0004)")
        }
        guard LinkOptions.isSendable(publication.topic) else {
            throw .malformed("the topic is too long or holds a character that MQTT forbids")
        }
        // MQTT 3.1.1 has nowhere to put them.
        let properties = connection.version == .v5 ? publication.properties : nil
        if let limit = connection.maximumPacketBytes,
            Self.packetBytes(publication, properties, connection.version) > limit
        {
            throw .tooLarge
        }
        var list = try properties?.makeList() ?? nil
        defer { mosquitto_property_free_all(&list) }
        var packetID: Int32 = 0
        let code = connection.gathered {
            mosquitto_publish_v5(
                connection.handle, &packetID, publication.topic,
                Int32(clamping: publication.payload.count), publication.payload,
                Int32(publication.qos.rawValue), publication.retain, list)
        }
        try Self.check(code)
        return publication.qos == .atMostOnce ? 0 : UInt16(truncatingIfNeeded: packetID)
    }

    private static func check(_ code: Int32) throws(PublishError) {
        switch code {
        case MOSQ_ERR_SUCCESS.rawValue: return
        case MOSQ_ERR_NO_CONN.rawValue: throw .notConnected
        case MOSQ_ERR_PAYLOAD_SIZE.rawValue, MOSQ_ERR_OVERSIZE_PACKET.rawValue: throw .tooLarge
        case MOSQ_ERR_INVAL.rawValue:
            throw .malformed("the topic is empty or holds a wildcard")
        case MOSQ_ERR_MALFORMED_UTF8.rawValue: throw .malformed("the topic is not proper UTF-8")
        case MOSQ_ERR_QOS_NOT_SUPPORTED.rawValue:
            throw .malformed("the broker does not support this quality of service")
        // Codes of C, not an enum of ours.
        default: throw .failed(String(cString: mosquitto_strerror(code)))
        }
    }

    /// Bytes of the whole packet (MQTT 5.0, section 3.3). Asked before libmosquitto, whose own
    /// check counts one byte less and leaves what it refuses among the unconfirmed.
    static func packetBytes(
        _ publication: Publication, _ properties: MessageProperties?,
        _ version: LinkOptions.ProtocolVersion
    ) -> Int {
        var remaining = 2 + publication.topic.utf8.count + publication.payload.count
        if publication.qos != .atMostOnce { remaining += 2 }
        if version == .v5 {
            let bytes = properties?.encodedBytes ?? 0
            remaining += bytes + variableBytes(bytes)
        }
        return 1 + variableBytes(remaining) + remaining
    }

    /// Bytes of a variable byte integer (MQTT 5.0, section 1.5.5).
    private static func variableBytes(_ value: Int) -> Int {
        switch value {
        case ..<128: 1
        case ..<16_384: 2
        case ..<2_097_152: 3
        // The rest of the integers.
        default: 4
        }
    }
}
