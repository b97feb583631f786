import Glibc

/// A text as a key, told apart by its bytes as MQTT does: `é` composed and decomposed are two.
///
/// Swift's own `String` takes both for one, so that what is found would depend on which came first.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (a: ExactText, b: ExactText) -> Bool { a.text.hasSameBytes(as: b.text) }

    public func hash(into hasher: inout Hasher) {
        text.withBytes { hasher.combine(bytes: $0) }
    }
}

extension String {
    /// Whether the UTF-8 bytes begin with these.
    public func beginsWith(bytes: [UInt8]) -> Bool {
        utf8.span.withUnsafeBytes { own in
            bytes.withUnsafeBytes { prefix in
                guard own.count >= prefix.count else { return false }
                guard let left = own.baseAddress, let right = prefix.baseAddress else {
                    return true
                }
                return memcmp(left, right, prefix.count) == 0
            }
        }
    }

    /// Equality of the UTF-8 bytes; Swift's `==` also takes composed for decomposed characters.
    public func hasSameBytes(as other: String) -> Bool {
        withBytes { own in other.withBytes { own.hasSameBytes(as: $0) } }
    }
}
