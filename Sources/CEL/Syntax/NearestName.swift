import Core

/// What the author of a misspelled name probably meant.
enum NearestName {
    /// "did you mean …?", or nil; the same whatever the order of the candidates.
    static func hint(for name: String, among candidates: [String]) -> String? {
        nearestName(to: name, among: candidates.sorted()).map { "did you mean '\($0)'?" }
    }
}
