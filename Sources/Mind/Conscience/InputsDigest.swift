import Core
import Crypto

/// A name for everything that a verdict was reached from: equal inputs have equal digests.
enum InputsDigest {
    /// SHA-256 over the event, the message and what the mind held about the entity, each part
    /// behind its length.
    static func of(
        _ event: Event, _ message: Message, entity: String, state: EntityState?,
        kept: [RuleState] = [], soul: Soul? = nil
    ) -> String {
        var parts = CheckpointEncoder()
        parts.int(event.sequence)
        parts.time(event.at)
        parts.text(message.topic)
        parts.byte(message.qos.rawValue | (message.retain ? 0x10 : 0))
        parts.count(message.payload.count)
        var hash = SHA256()
        hash.update(data: parts.bytes)
        hash.update(data: message.payload)
        var rest = CheckpointEncoder()
        rest.properties(message.properties)
        rest.text(entity)
        rest.byte(state == nil ? 0 : 1)
        if let state { rest.entity(state) }
        if !kept.isEmpty { rest.states(kept) }
        rest.byte(soul == nil ? 0 : 1)
        if let soul { rest.soul(soul) }
        hash.update(data: rest.bytes)
        return "sha256:" + hex(hash.finalize())
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension CheckpointEncoder {
    mutating func properties(_ properties: MessageProperties?) {
        guard let properties else { return byte(0) }
        byte(1)
        optional(properties.responseTopic.map { Array($0.utf8) })
        optional(properties.correlationData)
        optional(properties.contentType.map { Array($0.utf8) })
        count(properties.user.count)
        for property in properties.user {
            text(property.name)
            text(property.value)
        }
    }

    /// Absent and empty are two things: rules can tell them apart.
    private mutating func optional(_ value: [UInt8]?) {
        guard let value else { return byte(0) }
        byte(1)
        data(value)
    }
}
