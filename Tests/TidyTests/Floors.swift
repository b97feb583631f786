/// Who may import whom: strictly downwards (architecture.md, "Floors").
enum Floors {
    private static let floor = [
        "Core": 0, "CEL": 1, "Store": 1, "Broker": 1, "Mind": 2, "Agent": 3, "Proof": 3,
        "API": 4, "jameyd": 5, "jameyctl": 5, "jameysim": 5,
    ]
    private static let onlyIn = [
        "GRDB": "Store", "GRDBSQLite": "Store", "SQLite3": "Store", "CSQLite": "Store",
        "CMosquitto": "Broker",
        "CGather": "Broker",
    ]
    /// Beyond the floors: the commands stay clients.
    private static let forbidden = [
        "jameyctl": ["Agent", "Broker", "API"],
        "jameysim": ["Store", "Mind", "Agent", "API"],
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard file.isSwift, let module = file.module else { return [] }
        guard let own = floor[module] else {
            return [Finding(path: file.path, line: 0, message: "\(module) stands on no floor")]
        }
        return file.code.indices.compactMap { index in
            guard let imported = imported(by: file.code[index]), imported != module else {
                return nil
            }
            if let owner = onlyIn[imported], owner != module {
                return file.finding(index, "only \(owner) imports \(imported)")
            }
            if let other = floor[imported], other >= own {
                return file.finding(index, "\(module) is not above \(imported)")
            }
            if forbidden[module]?.contains(imported) == true {
                return file.finding(index, "\(module) must not import \(imported)")
            }
            return nil
        }
    }

    /// `Core` of `@testable public import struct Core.Event`.
    static func imported(by line: Substring) -> String? {
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        let modifiers = ["public", "package", "internal", "fileprivate", "private"]
        while let word = words.first, word.hasPrefix("@") || modifiers.contains(String(word)) {
            words.removeFirst()
        }
        guard words.popFirst() == "import" else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        if let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
        return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
    }
}
