import Glibc

/// Strings as CEL has them: sequences of code points, never normalized.
///
/// Swift's own `==`, `<` and hashing take canonically equivalent strings for one; these do not.
enum Text {
    static func isEqual(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && compare(a, b) == 0
    }

    /// Below, at or above 0; the order of UTF-8 bytes is the order of code points.
    static func compare(_ a: String, _ b: String) -> Int {
        withBytes(of: a) { left in
            withBytes(of: b) { right in Octets.compare(left, right) }
        }
    }

    static func hash(_ text: String, into hasher: inout Hasher) {
        withBytes(of: text) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    static func contains(_ text: String, _ part: String) -> Bool {
        withBytes(of: text) { text in
            withBytes(of: part) { part in Octets.contains(text, part) }
        }
    }

    static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        withBytes(of: text) { text in
            withBytes(of: prefix) { prefix in
                prefix.count <= text.count
                    && Octets.compare(.init(rebasing: text.prefix(prefix.count)), prefix) == 0
            }
        }
    }

    static func hasSuffix(_ text: String, _ suffix: String) -> Bool {
        withBytes(of: text) { text in
            withBytes(of: suffix) { suffix in
                suffix.count <= text.count
                    && Octets.compare(.init(rebasing: text.suffix(suffix.count)), suffix) == 0
            }
        }
    }

    private static func withBytes<Result>(
        of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(text.utf8).withUnsafeBufferPointer(body)
    }
}

/// Byte sequences in their lexicographic order.
enum Octets {
    static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        if let left = a.baseAddress, let right = b.baseAddress {
            let order = memcmp(left, right, min(a.count, b.count))
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }

    static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        a.withUnsafeBufferPointer { left in
            b.withUnsafeBufferPointer { right in compare(left, right) }
        }
    }

    /// In time linear in both.
    static func contains(
        _ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let first = part.first else { return true }
        guard part.count <= text.count else { return false }
        if part.count == 1 { return text.contains(first) }
        var isFound = false
        ByteSearch(Array(part)).matches(in: text) { _ in
            isFound = true
            return false
        }
        return isFound
    }
}
