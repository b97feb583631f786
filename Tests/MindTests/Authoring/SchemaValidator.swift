import Core

/// Validates by JSON Schema, as far as `rules.schema.json` goes; a keyword that it does not know
/// makes every document invalid, so that none is taken for checked.
struct SchemaValidator {
    let root: JSONValue

    func isValid(_ value: JSONValue) -> Bool { faults(value, root, "").isEmpty }

    /// Where and by which keywords a document is at fault.
    func faults(_ value: JSONValue) -> [String] { faults(value, root, "") }

    private func faults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        if case .bool(let allows) = schema { return allows ? [] : ["\(path): is not allowed"] }
        guard case .object(let keywords) = schema else { return ["\(path): no schema"] }
        return keywords.members.flatMap { keyword in
            faults(value, keyword.name, keyword.value, schema, path)
        }
    }

    private func faults(
        _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue,
        _ path: String
    ) -> [String] {
        func check(_ holds: Bool) -> [String] { holds ? [] : ["\(path): \(keyword)"] }
        switch keyword {
        case "$schema", "$id", "$defs", "title", "description", "then", "else": return []
        case "$ref": return faults(value, resolved(rule), path)
        case "type":
            let names = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
            return check(names.contains { Self.isType($0, value) })
        case "enum": return check((rule.array ?? []).contains(value))
        case "const": return check(rule == value)
        case "allOf": return (rule.array ?? []).flatMap { faults(value, $0, path) }
        case "anyOf": return check((rule.array ?? []).contains { faults(value, $0, path).isEmpty })
        case "oneOf":
            return check((rule.array ?? []).filter { faults(value, $0, path).isEmpty }.count == 1)
        case "not": return check(!faults(value, rule, path).isEmpty)
        case "if":
            let branch = faults(value, rule, path).isEmpty ? schema["then"] : schema["else"]
            return branch.map { faults(value, $0, path) } ?? []
        case "minimum": return check(value.double.map { $0 >= rule.double ?? 0 } ?? true)
        case "maximum": return check(value.double.map { $0 <= rule.double ?? 0 } ?? true)
        case "minLength", "maxLength", "pattern":
            return check(value.string.map { Self.isText($0, keyword, rule) } ?? true)
        case "minItems": return check(value.array.map { $0.count >= rule.int ?? 0 } ?? true)
        case "maxItems": return check(value.array.map { $0.count <= rule.int ?? 0 } ?? true)
        case "items":
            return (value.array ?? []).enumerated().flatMap {
                faults($0.element, rule, "\(path)/\($0.offset)")
            }
        default: return memberFaults(value, keyword, rule, schema, path)
        }
    }

    private func memberFaults(
        _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue,
        _ path: String
    ) -> [String] {
        guard let object = value.object else { return [] }
        let count = Int64(object.members.count)
        switch keyword {
        case "properties":
            return (rule.object?.members ?? []).flatMap { property in
                object[property.name].map {
                    faults($0, property.value, "\(path)/\(property.name)")
                } ?? []
            }
        case "additionalProperties":
            let known = schema["properties"]?.object?.members.map(\.name) ?? []
            return object.members.map(\.name).filter { !known.contains($0) }
                .map { "\(path)/\($0): unknown" }
        case "required":
            return (rule.array ?? []).compactMap(\.string).filter { object[$0] == nil }
                .map { "\(path)/\($0): missing" }
        case "minProperties": return count >= rule.int ?? 0 ? [] : ["\(path): \(keyword)"]
        case "maxProperties": return count <= rule.int ?? 0 ? [] : ["\(path): \(keyword)"]
        default: return ["\(path): the keyword '\(keyword)' is not known here"]
        }
    }

    /// `#/$defs/name`
    private func resolved(_ reference: JSONValue) -> JSONValue {
        let path = (reference.string ?? "").split(separator: "/").dropFirst()
        return path.reduce(root) { $0[String($1)] ?? .bool(false) }
    }

    private static func isType(_ name: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .number: name == "number"
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }

    private static func isText(_ text: String, _ keyword: String, _ rule: JSONValue) -> Bool {
        switch keyword {
        case "minLength": return text.unicodeScalars.count >= rule.int ?? 0
        case "maxLength": return text.unicodeScalars.count <= rule.int ?? 0
        default:
            guard let pattern = try? Regex(rule.string ?? "(") else { return false }
            return text.firstMatch(of: pattern) != nil
        }
    }
}
