import Glibc

/// The longer words in which an entity's name stands, as the texts of a store have them: where
/// `press-7` is looked for, `press-71` and `a-press-7`.
///
/// Beside the bytes of a name in a file there is no telling where it ends: in a row SQLite writes
/// one column directly behind the other. So what stands there is another's only where it is the
/// whole of a word that is known.
public struct LongerWords: Sendable {
    private struct Word: Hashable, Sendable {
        var bytes: [UInt8]
        /// Where in it the name begins.
        var place: Int
    }

    private var words: [Word] = []
    private var known: Set<Word> = []
    /// The most bytes that a word has before the name.
    public private(set) var bytesBefore = 0
    /// The most bytes that a word has behind it.
    public private(set) var bytesBehind = 0

    public init() {}

    public var isEmpty: Bool { words.isEmpty }

    /// Takes in those of a text, up to `Limits.searchWordsMax`; of other bytes, nothing.
    public mutating func add(_ forms: EntityForms, in value: [UInt8]) {
        guard words.count < Limits.searchWordsMax else { return }
        value.withUnsafeBytes { bytes in
            guard WordBounds.isText(bytes) else { return }
            for form in forms.all {
                bytes.forEachPlace(of: form, in: 0..<bytes.count) { first in
                    let name = first..<(first + form.count)
                    insert(WordBounds(text: bytes).word(around: name), around: name, in: bytes)
                    return words.count < Limits.searchWordsMax
                }
            }
        }
    }

    private mutating func insert(
        _ range: Range<Int>, around name: Range<Int>, in bytes: UnsafeRawBufferPointer
    ) {
        guard range != name else { return }
        let word = Word(
            bytes: Array(bytes[range]), place: name.lowerBound - range.lowerBound)
        guard known.insert(word).inserted else { return }
        words.append(word)
        bytesBefore = max(bytesBefore, word.place)
        bytesBehind = max(bytesBehind, range.upperBound - name.upperBound)
    }

    /// Whether what stands at a place is a part of one of these.
    public func cover(_ place: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        return words.contains { word in
            let first = place.lowerBound - word.place
            let last = first + word.bytes.count
            return first >= 0 && last <= bytes.count && last >= place.upperBound
                && word.bytes.count > place.count
                && memcmp(start + first, word.bytes, word.bytes.count) == 0
        }
    }
}

extension EntityForms {
    /// Whether one of these stands in a value as a name, and not as a part of a longer word.
    ///
    /// - Parameter words: those that texts have. In a text it is seen without them; in other bytes
    ///   everything counts but what is part of one of these.
    public func isNamed(in value: [UInt8], besides words: LongerWords) -> Bool {
        value.withUnsafeBytes { bytes in
            let isText = WordBounds.isText(bytes)
            return all.contains { form in
                var isNamed = false
                bytes.forEachPlace(of: form, in: 0..<bytes.count) { first in
                    let place = first..<(first + form.count)
                    isNamed =
                        isText
                        ? WordBounds(text: bytes).word(around: place) == place
                        : !words.cover(place, in: bytes)
                    return !isNamed
                }
                return isNamed
            }
        }
    }
}
