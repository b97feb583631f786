/// Where a long text lies, by which it is known again for as long as it lies there.
///
/// A cell has bytes where a value has a string, so each has to be copied to become the other. The
/// tree shares strings and pays nothing for that; a loop that puts a long text somewhere with
/// every turn must not copy it with every turn.
struct TextPlace: Hashable {
    let address: UInt
    let count: Int
    /// Shorter ones are copied: that costs little more than looking for them.
    static let countMin = 256

    /// nil for a short text.
    @inline(__always)
    init?(_ text: UnsafeRawBufferPointer) {
        guard text.count >= Self.countMin else { return nil }
        address = UInt(bitPattern: text.baseAddress)
        count = text.count
    }
}
