import Core
import Mind

/// A device, by what is in working memory about it.
enum DeviceView {
    /// As it stands in a list: its last values, and how far it is trusted.
    static func summary(_ device: EntityReading) -> [UInt8] {
        JSONWriter.object { write(device, to: &$0) }
    }

    /// Everything.
    static func detail(_ device: EntityReading) -> [UInt8] {
        JSONWriter.object(reservingBytes: 1_024) { json in
            write(device, to: &json)
            json.array("alerts") { list in
                for alert in device.alerts {
                    list.raw(AlertView(alert: alert).json)
                }
            }
            json.array("heard") { list in
                for heard in device.heard {
                    list.object { json in
                        json.member("route", heard.route)
                        json.member("recorded_at", heard.recordedAt)
                        if let payload = heard.payload { json.member("payload", raw: payload) }
                    }
                }
            }
        }
    }

    private static func write(_ device: EntityReading, to json: inout JSONWriter) {
        json.member("entity", device.entity)
        json.member("first_seen", device.firstSeen)
        json.member("last_seen", device.lastSeen)
        json.member("trust", device.trust)
        json.member("mood", ifPresent: device.soul?.mood.rawValue)
        json.member("messages_per_minute", device.messagesPerMinute)
        json.member("alerts_firing", device.alertsFiring)
        json.member("values", .object(device.fields))
    }
}
