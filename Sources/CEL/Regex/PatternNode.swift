/// A regular expression as a tree.
indirect enum PatternNode {
    case empty
    case scalars(CharacterSet)
    case assertion(Assertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `most` nil is without bound. Greed is of no consequence to whether a text matches.
    case repeated(PatternNode, least: Int, most: Int?)

    enum Assertion {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
    }
}
