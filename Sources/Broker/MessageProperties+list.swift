import CMosquitto
import Core
import Glibc

extension MessageProperties {
    /// Copies what the agent reads from libmosquitto's list; the rest is passed over.
    init(reading list: OpaquePointer) {
        self.init(
            responseTopic: Self.text(in: list, MQTT_PROP_RESPONSE_TOPIC),
            correlationData: Self.bytes(in: list, MQTT_PROP_CORRELATION_DATA),
            contentType: Self.text(in: list, MQTT_PROP_CONTENT_TYPE),
            user: Self.userProperties(in: list))
    }

    private static func text(in list: OpaquePointer, _ name: mqtt5_property) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard mosquitto_property_read_string(list, Int32(name.rawValue), &text, false) != nil
        else { return nil }
        defer { free(text) }
        return text.map { String(cString: $0) } ?? ""
    }

    private static func bytes(in list: OpaquePointer, _ name: mqtt5_property) -> [UInt8]? {
        var start: UnsafeMutableRawPointer?
        var count: UInt16 = 0
        guard
            mosquitto_property_read_binary(list, Int32(name.rawValue), &start, &count, false) != nil
        else { return nil }
        defer { free(start) }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
    }

    private static func userProperties(in list: OpaquePointer) -> [UserProperty] {
        let identifier = Int32(MQTT_PROP_USER_PROPERTY.rawValue)
        var found: [UserProperty] = []
        var place: OpaquePointer? = list
        while found.count < Limits.userPropertiesMax {
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            place = mosquitto_property_read_string_pair(
                place, identifier, &name, &value, !found.isEmpty)
            guard place != nil else { break }
            defer {
                free(name)
                free(value)
            }
            found.append(
                UserProperty(
                    name: name.map { String(cString: $0) } ?? "",
                    value: value.map { String(cString: $0) } ?? ""))
        }
        return found
    }

    /// libmosquitto's list of these, to be freed by the caller; nil when there are none.
    /// - Throws: `.malformed`: a text that MQTT cannot carry. `.failed`: out of memory.
    func makeList() throws(PublishError) -> OpaquePointer? {
        var list: OpaquePointer?
        do throws(PublishError) {
            try appendTexts(to: &list)
            for property in user {
                let code = mosquitto_property_add_string_pair(
                    &list, Int32(MQTT_PROP_USER_PROPERTY.rawValue), property.name, property.value)
                try Self.check(code, "a user property", property.name, property.value)
            }
        } catch {
            mosquitto_property_free_all(&list)
            throw error
        }
        return list
    }

    /// Empty texts are left out: `mosquitto_property_copy_all` of libmosquitto 2.0.11 crashes on
    /// them (strdup of NULL), and neither says more than its absence.
    private func appendTexts(to list: inout OpaquePointer?) throws(PublishError) {
        if let responseTopic, !responseTopic.isEmpty {
            let code = mosquitto_property_add_string(
                &list, Int32(MQTT_PROP_RESPONSE_TOPIC.rawValue), responseTopic)
            try Self.check(code, "the response topic", responseTopic)
        }
        if let contentType, !contentType.isEmpty {
            let code = mosquitto_property_add_string(
                &list, Int32(MQTT_PROP_CONTENT_TYPE.rawValue), contentType)
            try Self.check(code, "the content type", contentType)
        }
        guard let correlationData else { return }
        guard correlationData.count <= 65_535 else {
            throw .malformed("the correlation data is longer than 65,535 bytes")
        }
        let code = mosquitto_property_add_binary(
            &list, Int32(MQTT_PROP_CORRELATION_DATA.rawValue), correlationData,
            UInt16(correlationData.count))
        try Self.check(code, "the correlation data")
    }

    private static func check(
        _ code: Int32, _ what: String, _ texts: String...
    ) throws(PublishError) {
        // A zero byte would only cut the text short in C.
        guard texts.allSatisfy({ LinkOptions.isSendable($0) }) else {
            throw .malformed("\(what) is too long or holds a character that MQTT forbids")
        }
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw .failed(String(cString: mosquitto_strerror(code)))
        }
    }

    /// Bytes of the contents.
    var bytes: Int {
        (responseTopic?.utf8.count ?? 0) + (correlationData?.count ?? 0)
            + (contentType?.utf8.count ?? 0)
            + user.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }

    /// Bytes in a packet without the length in front (MQTT 5.0, section 2.2.2).
    var encodedBytes: Int {
        bytes + ((responseTopic ?? "").isEmpty ? 0 : 3) + (correlationData == nil ? 0 : 3)
            + ((contentType ?? "").isEmpty ? 0 : 3) + user.count * 5
    }
}
