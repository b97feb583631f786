import Core

/// The topics that messages came on, kept so that each is made a text once.
struct KnownTopics {
    private var numbers = TextNumbers()

    mutating func text(_ bytes: UnsafeRawBufferPointer) -> String {
        if let number = numbers.number(of: bytes) { return numbers.text(number) }
        // libmosquitto has checked the topic's UTF-8 (lib/packet_datatypes.c) and drops the
        // connection when it is wrong; decoding repairs, and so cannot fail either way.
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.count == bytes.count, bytes.count <= Limits.routedTopicBytesMax else {
            return text
        }
        if numbers.count >= Limits.routedTopicsMax { numbers.removeAll() }
        _ = numbers.add(text)
        return text
    }
}
