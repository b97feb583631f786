/// Comparing what somebody may want to guess.
enum ConstantTime {
    /// Whether bytes are the same, in a time that depends on how many they are only: where the
    /// first difference stands does not show. How many there are is no secret.
    @inline(never)
    static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for place in a.indices { difference |= a[place] ^ b[place] }
        return difference == 0
    }
}
