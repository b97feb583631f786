import Crypto

extension TokenKey {
    /// What tells a key from every other one and gives nothing of it away.
    ///
    /// In a file of its own, as jwt-kit and Crypto have a type of the same name.
    /// - Parameters:
    ///   - id: under another name it verifies other tokens, and is another key.
    ///   - bytes: the key as its file has it.
    static func fingerprint(
        _ algorithm: Algorithm, id: String?, of bytes: [UInt8]
    ) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(algorithm.rawValue)\n\(id ?? "")\n".utf8))
        hash.update(data: bytes)
        return Array(hash.finalize())
    }
}
