import Core

/// Holds a value against a schema of the document, by those keywords of JSON Schema with which it
/// says what an answer looks like.
struct SchemaCheck {
    let document: OpenAPIDocument

    /// Everything that is wrong, with where; empty where nothing is.
    func faults(of value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard let schema = document.resolved(schema) else {
            return ["\(place): its schema is nowhere"]
        }
        return typeFaults(value, schema, place) + valueFaults(value, schema, place)
            + sizeFaults(value, schema, place) + combinationFaults(value, schema, place)
            + elementFaults(value, schema, place) + memberFaults(value, schema, place)
    }

    private func typeFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        let wanted =
            schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string)
            ?? []
        guard !wanted.isEmpty else { return [] }
        let own = Self.types(of: value)
        return own.isDisjoint(with: wanted) ? ["\(place): is no \(wanted), but \(own)"] : []
    }

    private static func types(of value: JSONValue) -> Set<String> {
        switch value {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .number(.int): ["integer", "number"]
        case .number(.double): ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    private func valueFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        var faults: [String] = []
        if let constant = schema["const"], constant != value {
            faults.append("\(place): is not \(constant)")
        }
        if let values = schema["enum"]?.array, !values.contains(value) {
            faults.append("\(place): is none of \(values)")
        }
        if let number = value.double {
            if let least = schema["minimum"]?.double, number < least {
                faults.append("\(place): \(number) is below \(least)")
            }
            if let most = schema["maximum"]?.double, number > most {
                faults.append("\(place): \(number) is above \(most)")
            }
        }
        if let text = value.string, let pattern = schema["pattern"]?.string {
            do {
                if try Regex(pattern).firstMatch(in: text) == nil {
                    faults.append("\(place): '\(text)' is not as \(pattern)")
                }
            } catch { faults.append("\(place): \(pattern) cannot be read: \(error)") }
        }
        return faults
    }

    private func sizeFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        // Of a text code points count (JSON Schema Validation, section 6.3.1).
        let sizes = [
            ("Length", value.string?.unicodeScalars.count), ("Items", value.array?.count),
            ("Properties", value.object?.members.count),
        ]
        var faults: [String] = []
        for case (let name, let size?) in sizes {
            if let least = schema["min" + name]?.int, size < least {
                faults.append("\(place): \(size) is below min\(name), \(least)")
            }
            if let most = schema["max" + name]?.int, size > most {
                faults.append("\(place): \(size) is above max\(name), \(most)")
            }
        }
        return faults
    }

    private func combinationFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        var faults: [String] = []
        for name in ["oneOf", "anyOf"] {
            guard let choices = schema[name]?.array else { continue }
            let found = choices.map { self.faults(of: value, $0, at: place) }
            let count = found.filter(\.isEmpty).count
            if count == 0 { faults.append("\(place): is as none of \(name): \(found)") }
            if name == "oneOf", count > 1 { faults.append("\(place): is as \(count) of \(name)") }
        }
        return faults
    }

    private func elementFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        guard let elements = value.array, let items = schema["items"] else { return [] }
        return elements.enumerated().flatMap { faults(of: $1, items, at: "\(place)[\($0)]") }
    }

    private func memberFaults(
        _ value: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        guard let members = value.object?.members else { return [] }
        var faults: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where value[name] == nil {
            faults.append("\(place): '\(name)' is missing")
        }
        for member in members {
            let inside = "\(place).\(member.name)"
            if let known = schema["properties"]?[member.name] {
                faults += self.faults(of: member.value, known, at: inside)
            } else if schema["additionalProperties"] == .bool(false) {
                faults.append("\(inside): is not in the document")
            } else if let other = schema["additionalProperties"], other.object != nil {
                faults += self.faults(of: member.value, other, at: inside)
            }
        }
        return faults
    }
}
