import Core

/// What a memory is selected by, each as one word of the full-text index.
///
/// Names are in hexadecimal, so that any name is a word, and only equal names are equal words.
struct Facets {
    let words: [String]

    init(layer: Memory.Layer?, entity: String?, tags: [String]) {
        var words: [String] = []
        if let layer { words.append("l\(layer.number)") }
        if let entity { words.append("e" + Hexadecimal.text(of: entity.utf8)) }
        words += tags.map { "t" + Hexadecimal.text(of: $0.utf8) }
        self.words = words
    }

    init(_ memory: Memory) {
        self.init(layer: memory.layer, entity: memory.entity, tags: memory.tags)
    }

    /// `memory.facets`
    var text: String { words.joined(separator: " ") }
}
