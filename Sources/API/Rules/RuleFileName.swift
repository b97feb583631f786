import Core
import Mind

/// The name of a rule file in a request: within the directory, and nowhere else.
enum RuleFileName {
    /// - Throws: `BAD_NAME`.
    static func check(_ name: String) throws(APIError) -> String {
        if let objection = objection(to: name) {
            throw .badRequest("the name of a rule file \(objection)", code: "BAD_NAME")
        }
        return name
    }

    private static func objection(to name: String) -> String? {
        guard (1...Limits.ruleFileNameBytesMax).contains(name.utf8.count) else {
            return "has 1 to \(Limits.ruleFileNameBytesMax) bytes"
        }
        guard RuleFile.suffixes.contains(where: { name.hasSuffix($0) }) else {
            return "ends in \(RuleFile.suffixes.joined(separator: " or "))"
        }
        if name.hasPrefix(".") { return "does not begin with a dot: such files are not read" }
        if RuleFile.isTest(name) { return "is not that of a test of rules" }
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar != "/" && scalar.properties.generalCategory != .control
        }
        return isPlain ? nil : "holds no / and no control characters"
    }
}
