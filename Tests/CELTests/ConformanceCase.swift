import CEL
import Foundation

/// One line of the language's conformance suite, converted to JSON Lines.
struct ConformanceCase {
    let file: String
    let name: String
    let source: String
    let container: String
    let isChecked: Bool
    let bindings: [String: Value]
    /// Of the bindings, where the case declares them.
    let types: [String: ValueType]
    /// nil where an error is expected.
    let expected: Value?

    /// The suite is the file that `JAMEY_CEL_SUITE` names, or lies beside the checkout, or where
    /// `JAMEY_SHARED` points; nil where it is absent.
    static var path: String? {
        let variables = ProcessInfo.processInfo.environment
        if let named = variables["JAMEY_CEL_SUITE"] { return named }
        var folders: [URL] = []
        if let shared = variables["JAMEY_SHARED"] {
            folders.append(URL(fileURLWithPath: shared))
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        folders += [root, current].map { $0.appendingPathComponent("../shared") }
        return folders.map { $0.appendingPathComponent("conformance/cel.jsonl").path }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    static func load(_ path: String) throws -> [ConformanceCase] {
        try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n").map { try ConformanceCase(line: Data($0.utf8)) }
    }

    private init(line: Data) throws {
        guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any],
            let file = object["file"] as? String, let name = object["name"] as? String,
            let section = object["section"] as? String, let source = object["expr"] as? String,
            let bindings = object["bindings"] as? [String: Any],
            let expect = object["expect"] as? [String: Any]
        else { throw Malformed() }
        self.file = file
        self.name = "\(file)/\(section)/\(name)"
        self.source = source
        container = object["container"] as? String ?? ""
        isChecked = object["disable_check"] as? Bool != true
        types = Self.types(object["type_env"] as? [[String: Any]] ?? [])
        self.bindings = try bindings.mapValues(Self.value)
        expected = try expect["value"].map(Self.value)
    }

    private static func types(_ declarations: [[String: Any]]) -> [String: ValueType] {
        var types: [String: ValueType] = [:]
        for declaration in declarations {
            guard let name = declaration["name"] as? String,
                let text = declaration["type"] as? String
            else { continue }
            types[name] = type(text.filter { $0 != " " })
        }
        return types
    }

    /// `map(string,list(int))`; what the core does not have is anything.
    private static func type(_ text: String) -> ValueType {
        let name = String(text.prefix { $0 != "(" })
        var parts: [String] = [""]
        var depth = 0
        for character in text.dropFirst(name.count + 1).dropLast() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        switch (name, parts.count) {
        case ("list", 1): return .list(type(parts[0]))
        case ("map", 2): return .map(type(parts[0]), type(parts[1]))
        case ("optional_type", 1): return .optional(type(parts[0]))
        case ("list", _), ("map", _), ("optional_type", _): return .dyn
        default:
            return ValueKind.allCases.first { $0.typeName == name }.map(ValueType.simple) ?? .dyn
        }
    }

    struct Malformed: Error {}

    private static func value(_ json: Any) throws -> Value {
        guard let object = json as? [String: Any], let (kind, content) = object.first else {
            throw Malformed()
        }
        switch (kind, content) {
        case ("null", _): return .null
        case ("bool", let value as Bool): return .bool(value)
        case ("int64", let text as String): return .int(try unwrap(Int64(text)))
        case ("uint64", let text as String): return .uint(try unwrap(UInt64(text)))
        case ("double", let text as String): return .double(try unwrap(Double(text)))
        case ("double", let number as NSNumber): return .double(number.doubleValue)
        case ("string", let text as String): return .string(text)
        case ("bytes_b64", let text as String):
            return .bytes(Array(try unwrap(Data(base64Encoded: text))))
        case ("list", let elements as [Any]): return .list(try elements.map(value))
        case ("map", let entries as [[Any]]):
            return .map(
                try unwrap(
                    MapValue(try entries.map { (try value($0[0]), try value($0[1])) })))
        case ("timestamp", let text as String): return .timestamp(try unwrap(Instant(text)))
        case ("duration", let text as String): return .duration(try unwrap(Interval(text)))
        case ("type", let name as String):
            // A type that the core does not have can equal nothing.
            return ValueKind.allCases.first { $0.typeName == name }.map(Value.type) ?? .null
        default: throw Malformed()
        }
    }

    private static func unwrap<T>(_ value: T?) throws -> T {
        guard let value else { throw Malformed() }
        return value
    }
}
