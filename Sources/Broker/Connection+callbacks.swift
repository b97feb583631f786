import CMosquitto
import Core
import Glibc

extension Connection {
    /// The connection that a callback is about. It outlives its handle, see `deinit`.
    private static func of(_ context: UnsafeMutableRawPointer?) -> Connection? {
        guard let context else { return nil }
        return Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
    }

    /// The version 5 callbacks serve both protocols; 3.1.1 has no properties.
    func setCallbacks() {
        mosquitto_connect_v5_callback_set(handle) { _, context, code, flags, properties in
            Connection.of(context)?.answered(code: code, flags: flags, properties: properties)
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            let number = errno
            Connection.of(context)?.ended(code: code, number: number)
        }
        mosquitto_message_v5_callback_set(handle) { _, context, message, properties in
            guard let message else { return }
            Connection.of(context)?.arrived(message.pointee, properties: properties)
            // Queuing the PUBACK may have left EAGAIN (a full wake-up pipe that nobody reads);
            // from here on it means an empty socket.
            errno = 0
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, packetID, code, _ in
            Connection.of(context)?.published(packetID: packetID, code: code)
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, packetID, count, codes, _ in
            Connection.of(context)?.subscribed(
                packetID: packetID, codes: UnsafeBufferPointer(start: codes, count: Int(count)))
        }
        hearLog(true)
    }

    /// Turns libmosquitto's log on, which formats a line for every packet, or off.
    func hearLog(_ isOn: Bool) {
        duplicate = nil
        isLogHeard = isOn
        guard isOn else { return mosquitto_log_callback_set(handle, nil) }
        mosquitto_log_callback_set(handle) { _, context, level, line in
            guard let line else { return }
            Connection.of(context)?.logged(level: level, line: line)
        }
    }

    private func answered(code: Int32, flags: Int32, properties: OpaquePointer?) {
        hasProgressed = true
        guard code == 0 else {
            isOver = true
            return signals.append(.refused(refusal(code: code)))
        }
        var packetBytes: UInt32 = 0
        let found = mosquitto_property_read_int32(
            properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), &packetBytes, false)
        if found != nil { maximumPacketBytes = Int(packetBytes) }
        isUp = true
        let isSessionPresent = flags & 1 != 0
        // Nothing can be redelivered without a session.
        if !isSessionPresent { hearLog(false) }
        signals.append(.connected(isSessionPresent: isSessionPresent))
    }

    private func ended(code: Int32, number: Int32) {
        hasProgressed = true
        end(reason: reason(code: code, number: number))
    }

    /// Says `.lost` unless the end was said before.
    func end(reason: String) {
        guard !isOver else { return }
        isOver = true
        signals.append(.lost(reason: reason))
    }

    private func arrived(_ message: mosquitto_message, properties: OpaquePointer?) {
        hasProgressed = true
        let isDuplicate = duplicate
        duplicate = nil
        if message.qos > 0 { heldCount += 1 }
        let topic = topics.text(
            UnsafeRawBufferPointer(start: message.topic, count: strlen(message.topic)))
        let count = Int(message.payloadlen)
        let packetID = message.qos > 0 ? UInt16(truncatingIfNeeded: message.mid) : 0
        guard count <= Limits.payloadBytesMax else {
            burst.oversized.append(
                OversizedMessage(topic: topic, packetID: packetID, payloadBytes: count))
            return
        }
        let read = properties.map { MessageProperties(reading: $0) }
        burst.payloadBytes += count + (read?.bytes ?? 0)
        burst.messages.append(
            Message(
                topic: topic,
                payload: [UInt8](UnsafeRawBufferPointer(start: message.payload, count: count)),
                qos: QoS(rawValue: UInt8(truncatingIfNeeded: message.qos)) ?? .atMostOnce,
                retain: message.retain, packetID: packetID, isDuplicate: isDuplicate,
                properties: read.flatMap { $0.isEmpty ? nil : $0 }))
    }

    private func published(packetID: Int32, code: Int32) {
        hasProgressed = true
        // At QoS 0 this runs inside `loop_write`, once the packet is out: nothing is confirmed.
        guard isReading else { return }
        signals.append(
            .confirmed(
                packetID: UInt16(truncatingIfNeeded: packetID),
                reason: UInt8(truncatingIfNeeded: code)))
    }

    private func subscribed(packetID: Int32, codes: UnsafeBufferPointer<Int32>) {
        hasProgressed = true
        for index in subscribing.indices where subscribing[index].take(packetID, codes) { break }
        while let first = subscribing.first, first.isComplete {
            signals.append(.subscribed(codes: first.codes))
            subscribing.removeFirst()
        }
    }

    private func logged(level: Int32, line: UnsafePointer<CChar>) {
        if level == MOSQ_LOG_DEBUG {
            // "Client ID received PUBLISH (d1, q1, r0, m5, 'topic', ... (90 bytes))"
            let count = publishLine.count
            guard strncmp(line, publishLine, count) == 0 else { return }
            switch line[count] {
            case CChar(bitPattern: UInt8(ascii: "0")): duplicate = false
            case CChar(bitPattern: UInt8(ascii: "1")): duplicate = true
            default: duplicate = nil
            }
        } else if level == MOSQ_LOG_ERR, errorLines.count < 8 {
            let text = String(cString: line)
            errorLines.append(text)
            noteVerification(text)
        }
    }
}

/// One call of `subscribe`, which may take several packets: libmosquitto has one QoS for each.
struct PendingSubscribe {
    /// One for each filter asked, in order.
    var codes: [UInt8]
    /// Which filters went in which packet.
    var packets: [Int32: [Int]] = [:]

    var isComplete: Bool { packets.isEmpty }

    /// - Returns: whether the packet was one of these.
    mutating func take(_ packetID: Int32, _ answer: UnsafeBufferPointer<Int32>) -> Bool {
        guard let places = packets.removeValue(forKey: packetID) else { return false }
        for (place, code) in zip(places, answer) { codes[place] = UInt8(truncatingIfNeeded: code) }
        return true
    }
}
