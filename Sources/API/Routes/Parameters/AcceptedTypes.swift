import HTTPTypes
import Hummingbird

/// What a client would like to be answered with (RFC 9110, section 12.5.1).
struct AcceptedTypes {
    private let ranges: [(name: String, quality: Double)]

    init(_ request: Request) { self.init(request.headers[.accept] ?? "") }

    init(_ field: String) {
        ranges = field.split(separator: ",").map { range in
            let parts = range.split(separator: ";").map { part in
                part.filter { !$0.isWhitespace }.lowercased()
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            return (parts.first ?? "", weight.flatMap { Double($0.dropFirst(2)) } ?? 1)
        }
    }

    /// Whether a page is better than JSON. Whoever does not say so is a program.
    var prefersHTML: Bool {
        guard let html = quality(of: "text/html") else { return false }
        return html > quality(of: "application/json") ?? 0
    }

    /// nil where it is not named.
    private func quality(of name: String) -> Double? {
        ranges.first { $0.name == name }?.quality
    }
}
