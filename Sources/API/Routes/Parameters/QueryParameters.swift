import Core
import Hummingbird

/// The parameters of a request's query, read by their names. Each that is not what it should be is
/// told of with what it should be, as `BAD_` and its name.
struct QueryParameters {
    private let values: [(name: String, value: String)]

    /// - Parameters:
    ///   - known: those of the route.
    ///   - repeated: those of them that may be given more than once.
    /// - Throws: `BAD_PARAMETER` of one that the route does not have; `BAD_` and its name of one
    ///   that is no text, or given twice.
    init(
        _ request: Request, knowing known: [String], repeating repeated: [String] = []
    ) throws(APIError) {
        var values: [(name: String, value: String)] = []
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let written = String(parts[0])
            guard let name = PercentEncoding.decode(written, isForm: true), known.contains(name)
            else { throw Self.unknown(written, known) }
            let isTwice = values.contains { $0.name == name } && !repeated.contains(name)
            guard !isTwice else { throw Self.fault(name, "is given more than once") }
            guard let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", isForm: true)
            else { throw Self.fault(name, "must be percent-encoded UTF-8") }
            // It would end the text for SQLite.
            guard !value.utf8.contains(0) else { throw Self.fault(name, "must not hold U+0000") }
            values.append((name, value))
        }
        self.values = values
    }

    /// `BAD_` and the parameter's name.
    static func fault(_ name: String, _ message: String) -> APIError {
        APIError(RequestFields.fault(name, message))
    }

    private static func unknown(_ name: String, _ known: [String]) -> APIError {
        let shown = name.prefix(namesShown)
        let near = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" }
        let all = known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"
        return .badRequest(
            "there is no parameter '\(shown)' here\(near ?? "; \(all)")", code: "BAD_PARAMETER")
    }

    /// Characters of a name that are repeated to whoever wrote it.
    private static let namesShown = 100

    private func value(_ name: String) -> String? { values.first { $0.name == name }?.value }

    // MARK: Kinds

    /// A text of so many bytes.
    func text(
        _ name: String, bytes: ClosedRange<Int> = 1...Limits.apiParameterBytesMax
    ) throws(APIError) -> String? {
        guard let text = value(name) else { return nil }
        guard bytes.contains(text.utf8.count) else {
            throw Self.fault(
                name, "must have \(bytes.lowerBound) to \(bytes.upperBound) bytes of UTF-8")
        }
        return text
    }

    func requiredText(
        _ name: String, bytes: ClosedRange<Int> = 1...Limits.apiParameterBytesMax
    ) throws(APIError) -> String {
        guard let text = try text(name, bytes: bytes) else {
            throw Self.fault(
                name, "is missing: \(bytes.lowerBound) to \(bytes.upperBound) bytes of UTF-8")
        }
        return text
    }

    /// All values of one that may be given more than once, each once, in their order.
    func texts(_ name: String) -> [String] {
        var texts: [String] = []
        for value in values where value.name == name {
            if !texts.contains(where: { $0.hasSameBytes(as: value.value) }) {
                texts.append(value.value)
            }
        }
        return texts
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(APIError) -> Int64? {
        guard let text = value(name) else { return nil }
        guard let number = Int64(digits: text), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Self.fault(name, "must be a whole number from \(bounds)")
        }
        return number
    }

    /// One of these.
    func name(_ name: String, among names: [String]) throws(APIError) -> String? {
        guard let text = value(name) else { return nil }
        if let found = names.first(where: { $0.hasSameBytes(as: text) }) { return found }
        let near = nearestName(to: text, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw Self.fault(name, "must be one of \(names.joined(separator: ", "))\(near)")
    }

    /// One of the names of a type.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(APIError) -> Choice? {
        try self.name(name, among: Choice.allCases.map(\.rawValue)).flatMap { Choice(rawValue: $0) }
    }

    /// A time of RFC 3339, or how long ago it was.
    func time(_ name: String, now: Timestamp) throws(APIError) -> Timestamp? {
        guard let text = value(name) else { return nil }
        // No time has a space: it was the plus of an offset, which is a space in a query.
        let written = String(text.map { $0 == " " ? "+" : $0 })
        do throws(MomentError) { return try Timestamp(moment: written, now: now) } catch {
            throw Self.fault(
                name, "must be a time like 2026-03-01T12:00:00Z, or an age like 2h or 7d: \(error)")
        }
    }

    // MARK: Lists

    /// How many elements a page has at most.
    func limit() throws(APIError) -> Int {
        let limit = try integer("limit", in: 1...Int64(Limits.apiPageMax))
        return limit.map { Int($0) } ?? Limits.apiPageDefault
    }

    /// The place of a number behind which a page begins, as `next` of the page before tells it.
    func numberCursor() throws(APIError) -> Int64? {
        guard let text = value("cursor") else { return nil }
        guard let number = Int64(digits: text) else { throw Self.badCursor }
        return number
    }

    static var badCursor: APIError { fault("cursor", "must be the 'next' of an earlier page") }
}

extension Int64 {
    /// nil of anything else than digits, or of more than fit.
    init?(digits text: some StringProtocol) {
        let isNumber = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard isNumber, let number = Int64(text) else { return nil }
        self = number
    }
}
