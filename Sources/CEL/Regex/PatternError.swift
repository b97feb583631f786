/// Why a text is not a regular expression.
struct PatternError: Error, Equatable {
    /// The code point that it fails at, from 0.
    let offset: Int
    let message: String
}
