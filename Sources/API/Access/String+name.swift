extension String {
    /// Whether a reader sees all of it, as it is, and none takes it for another: the name of
    /// somebody, as lists, logs and the audit chain have it.
    var isPlainName: Bool {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return false }
        return unicodeScalars.allSatisfy(\.isSeen)
            && !first.properties.isWhitespace && !last.properties.isWhitespace
    }
}

extension Unicode.Scalar {
    /// Nothing that a reader does not see, or that turns what he sees around.
    fileprivate var isSeen: Bool {
        // Among them some that are marks and letters by their category, as U+034F and U+3164.
        if properties.isDefaultIgnorableCodePoint { return false }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            return false
        case _: return true
        }
    }
}
