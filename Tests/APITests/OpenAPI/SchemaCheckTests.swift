import Core
import Testing

/// What holds answers against the document finds what is wrong with them.
@Suite("The check of answers against their schemas")
struct SchemaCheckTests {
    /// - Parameters:
    ///   - schema: of a member `a`.
    ///   - value: the member.
    private func faults(_ schema: String, _ value: String) throws -> [String] {
        let check = SchemaCheck(document: OpenAPIDocument(root: .null))
        let schema = try JSONScanner.scan(Array(#"{"properties":{"a":\#(schema)}}"#.utf8))
        return check.faults(of: try JSONScanner.scan(Array(#"{"a":\#(value)}"#.utf8)), schema)
    }

    @Test(
        "what a schema takes and what it does not",
        arguments: [
            (#"{"type":"string"}"#, #""x""#, "1"),
            (#"{"type":["integer","null"]}"#, "null", "1.5"),
            (#"{"const":1}"#, "1", "2"),
            (#"{"enum":["x","y"]}"#, #""y""#, #""z""#),
            (#"{"minimum":1}"#, "1", "0"),
            (#"{"maximum":1}"#, "1", "2"),
            (#"{"pattern":"^[^\\u0000]*x$"}"#, #""ax""#, #""xa""#),
            (#"{"minLength":2}"#, #""xy""#, #""x""#),
            // Code points: not bytes, and not what a reader takes for one letter.
            (#"{"maxLength":2}"#, #""e\u0301""#, #""e\u0301x""#),
            (#"{"minItems":1}"#, "[1]", "[]"),
            (#"{"maxItems":1}"#, "[1]", "[1,2]"),
            (#"{"maxProperties":1}"#, #"{"b":1}"#, #"{"b":1,"c":2}"#),
            (#"{"items":{"type":"string"}}"#, #"["x"]"#, "[1]"),
            (#"{"required":["b"]}"#, #"{"b":1}"#, "{}"),
            (#"{"properties":{"b":{}},"additionalProperties":false}"#, #"{"b":1}"#, #"{"c":1}"#),
            (#"{"oneOf":[{"type":"integer"},{"type":"number"}]}"#, "1.5", "1"),
            (#"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#, "null", #""x""#),
        ])
    func both(_ schema: String, _ good: String, _ bad: String) throws {
        #expect(try faults(schema, good).isEmpty)
        #expect(try !faults(schema, bad).isEmpty)
    }

    @Test("a pattern that cannot be read is a fault, and so is a reference to nothing")
    func unreadable() throws {
        #expect(try !faults(#"{"pattern":"("}"#, #""x""#).isEmpty)
        #expect(try !faults(##"{"$ref":"#/components/schemas/None"}"##, "1").isEmpty)
    }
}
