/// Plain characters, ASCII without escapes: what nearly every string is.
struct PlainRun {
    /// Where something else stands, mostly the closing quote.
    let end: Int
    /// What tells names apart (`NameFilter`).
    let ends: UInt64

    /// - Parameter start: behind the opening quote.
    @inline(__always)
    init(in text: JSONText, from start: Int) {
        let word = text.word(at: start)
        let marks = word.marksOfUnplain
        if marks != 0 {
            end = start &+ marks.trailingZeroBitCount &>> 3
            ends = word.upToMark(of: marks)
        } else {
            end = text.endOfPlain(from: start &+ 8)
            ends = NameFilter.ends(word, text.word(at: end &- 8))
        }
    }
}
