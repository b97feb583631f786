import Crypto

/// Names a rule set by its contents: decisions carry it, and replay finds the set by it.
enum RuleSetDigest {
    /// `sha256:` and 64 hexadecimal digits over each file's name and text, each preceded by its
    /// length in bytes as a big-endian 64-bit integer: no two lists of files give the same bytes.
    static func digest(of files: [RuleFile]) -> String {
        var hash = SHA256()
        for file in files {
            update(&hash, with: file.name)
            update(&hash, with: file.text)
        }
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sha256:".utf8)
        for byte in hash.finalize() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func update(_ hash: inout SHA256, with text: String) {
        let count = UInt64(text.utf8.count).bigEndian
        withUnsafeBytes(of: count) { hash.update(bufferPointer: $0) }
        var native = text
        native.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}
