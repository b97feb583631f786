/// The members of a request's body; each is told of by its name where it is not what it should be.
///
/// A member that is `null` counts as absent.
public struct RequestFields {
    private let object: JSONObject

    /// - Throws: `NOT_AN_OBJECT`.
    public init(_ body: JSONValue) throws(RequestError) {
        guard case .object(let object) = body else {
            throw RequestError(code: "NOT_AN_OBJECT", message: "a request is a JSON object")
        }
        self.object = object
    }

    /// `BAD_` and the member's name.
    public static func fault(_ name: String, _ message: String) -> RequestError {
        RequestError(code: "BAD_" + name.uppercased(), message: "'\(name)' \(message)")
    }

    private func value(_ name: String) -> JSONValue? {
        if case .null? = object[name] { return nil }
        return object[name]
    }

    /// A text of so many bytes.
    public func text(
        _ name: String, bytes: ClosedRange<Int>
    ) throws(RequestError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw Self.fault(name, "must be a text") }
        try Self.check(text, name, bytes)
        return text
    }

    public func requiredText(
        _ name: String, bytes: ClosedRange<Int>
    ) throws(RequestError) -> String {
        guard let text = try text(name, bytes: bytes) else {
            throw Self.fault(name, "is missing: a text of \(Self.range(bytes)) bytes")
        }
        return text
    }

    public func integer(
        _ name: String, in range: ClosedRange<Int64>
    ) throws(RequestError) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let integer = value.int, range.contains(integer) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Self.fault(name, "must be a whole number from \(bounds)")
        }
        return integer
    }

    public func number(
        _ name: String, in range: ClosedRange<Double>
    ) throws(RequestError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw Self.fault(
                name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    public func truth(_ name: String) throws(RequestError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let truth) = value else {
            throw Self.fault(name, "must be true or false")
        }
        return truth
    }

    /// RFC 3339.
    public func time(_ name: String) throws(RequestError) -> Timestamp? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            throw Self.fault(name, "must be a time as text: 2026-03-01T12:00:00Z")
        }
        do throws(TimestampError) {
            return try Timestamp(rfc3339: text)
        } catch { throw Self.fault(name, "is no time: \(error)") }
    }

    /// Of the layers that people write to, and that words are found in.
    public func layer() throws(RequestError) -> Memory.Layer? {
        guard let value = value("layer") else { return nil }
        guard case .string(let text) = value else { throw Self.fault("layer", "must be a text") }
        if let layer = Memory.Layer(rawValue: text) { return layer }
        let names = Memory.Layer.allCases.map(\.rawValue)
        var message = "must be one of \(names.joined(separator: ", "))"
        switch text {
        case "working": message += "; working memory fills by itself from what devices say"
        case "short-term": message += "; short-term memory is the event log itself"
        case _: if let near = nearestName(to: text, among: names) { message += "; \(near)?" }
        }
        throw Self.fault("layer", message)
    }

    /// `tags`, each once, in their order.
    public func tags() throws(RequestError) -> [String] {
        guard let value = value("tags") else { return [] }
        guard case .array(let elements) = value else {
            throw Self.fault("tags", "must be a list of texts")
        }
        guard elements.count <= Limits.memoryTagsMax else {
            throw Self.fault("tags", "must be at most \(Limits.memoryTagsMax)")
        }
        var tags: [String] = []
        for element in elements {
            guard case .string(let tag) = element,
                (1...Limits.memoryTagCharactersMax).contains(tag.unicodeScalars.count)
            else {
                throw Self.fault(
                    "tags", "must be texts of 1 to \(Limits.memoryTagCharactersMax) characters")
            }
            if !tags.contains(where: { $0.hasSameBytes(as: tag) }) { tags.append(tag) }
        }
        return tags
    }

    private static func check(
        _ text: String, _ name: String, _ bytes: ClosedRange<Int>
    ) throws(RequestError) {
        guard bytes.contains(text.utf8.count) else {
            throw fault(
                name, "must have \(range(bytes)) bytes of UTF-8, not \(text.utf8.count)")
        }
        // It would end the text for SQLite.
        guard !text.utf8.contains(0) else { throw fault(name, "must not hold U+0000") }
    }

    private static func range(_ bytes: ClosedRange<Int>) -> String {
        "\(bytes.lowerBound) to \(bytes.upperBound)"
    }
}
