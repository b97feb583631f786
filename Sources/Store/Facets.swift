import Core

/// What a memory is selected by, each as one word of the full-text index.
///
/// Names are in hexadecimal, so that any name is a word, and only equal names are equal words.
struct Facets {
    let words: [String]

    init(layer: Memory.Layer?, entity: String?, tags: [String]) {
        var words: [String] = []
        if let layer { words.append("l\(layer.number)") }
        if let entity { words.append("e" + Self.hexadecimal(entity)) }
        words += tags.map { "t" + Self.hexadecimal($0) }
        self.words = words
    }

    init(_ memory: Memory) {
        self.init(layer: memory.layer, entity: memory.entity, tags: memory.tags)
    }

    /// `memory.facets`
    var text: String { words.joined(separator: " ") }

    private static func hexadecimal(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * text.utf8.count)
        for byte in text.utf8 {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
