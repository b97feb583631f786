/// Why bytes are not the JSON that the agent reads. Reject the message and say so; nothing else
/// is affected.
public struct JSONError: Error, Equatable, Sendable {
    /// Stable names for machines.
    public enum Code: String, Sendable {
        /// Not in the grammar of RFC 8259. The sender must be mended.
        case malformed = "MALFORMED_JSON"
        /// Nested deeper than `Limits.jsonDepthMax`. The sender must flatten it.
        case tooDeep = "JSON_TOO_DEEP"
        /// One name twice in an object, whose meaning would be a guess (RFC 7493, section 2.3).
        case duplicateKey = "DUPLICATE_KEY"
        /// Bytes that are no UTF-8, or an escaped surrogate without its partner.
        case invalidUTF8 = "INVALID_UTF8"
        /// A number beyond the range of an IEEE double.
        case numberOutOfRange = "NUMBER_OUT_OF_RANGE"
        /// More than `Limits.jsonElementsMax` members or elements in one object or array.
        case tooManyElements = "TOO_MANY_ELEMENTS"
        /// More than `Limits.jsonBytesMax` bytes; messages are bounded far below that.
        case tooLarge = "JSON_TOO_LARGE"
    }

    public var code: Code
    /// In bytes, from 0.
    public var offset: Int
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// For a person, without the place.
    public var message: String
}

extension JSONError: CustomStringConvertible {
    public var description: String { "line \(line), column \(column): \(message)" }
}
