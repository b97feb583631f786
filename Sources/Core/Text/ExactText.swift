import Glibc

/// A text as a key, told apart by its bytes as MQTT does: `é` composed and decomposed are two.
///
/// Swift's own `String` takes both for one, so that what is found would depend on which came first.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (a: ExactText, b: ExactText) -> Bool {
        withBytes(of: a.text) { left in
            withBytes(of: b.text) { right in
                guard left.count == right.count else { return false }
                guard let left = left.baseAddress, let start = right.baseAddress else {
                    return true
                }
                return memcmp(left, start, right.count) == 0
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        Self.withBytes(of: text) { hasher.combine(bytes: $0) }
    }

    private static func withBytes<Result>(
        of text: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let result = text.utf8.withContiguousStorageIfAvailable { body(.init($0)) }
        return result ?? Array(text.utf8).withUnsafeBytes(body)
    }
}
