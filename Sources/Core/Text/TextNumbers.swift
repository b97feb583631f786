/// Numbers for texts, found by their bytes: a hash table for what is asked for with every message.
///
/// The numbers are small, and those of removed texts are given again, so that arrays can hold what
/// belongs to them. Hashes have a seed of the process, so that nobody can choose texts whose hashes
/// collide; no number depends on it.
public struct TextNumbers: Sendable {
    /// By number; an empty one where a text was removed.
    private var texts: [String] = []
    private var hashes: [UInt64] = []
    private var free: [Int32] = []
    /// A power of two of numbers, at most half of them used; -1 where there is none.
    private var slots: [Int32]

    private static let slotsMin = 16

    public init() { slots = Array(repeating: -1, count: Self.slotsMin) }

    public var count: Int { texts.count - free.count }

    /// The text with a number, which was given and not taken back.
    public func text(_ number: Int) -> String { texts[number] }

    /// Every text and its number.
    public var all: some Sequence<(number: Int, text: String)> {
        slots.lazy.filter { $0 >= 0 }.map { (number: Int($0), text: texts[Int($0)]) }
    }

    /// nil of a text that has none.
    public func number(of text: String) -> Int? {
        text.withBytes { bytes in find(bytes, ByteHash.hash(bytes)).number }
    }

    public func number(of bytes: UnsafeRawBufferPointer) -> Int? {
        find(bytes, ByteHash.hash(bytes)).number
    }

    /// Gives a text a number.
    ///
    /// - Precondition: It has none.
    public mutating func add(_ text: String) -> Int {
        if 2 * (count + 1) > slots.count { grow() }
        let hash = text.withBytes { ByteHash.hash($0) }
        let number: Int
        if let last = free.popLast() {
            number = Int(last)
            texts[number] = text
            hashes[number] = hash
        } else {
            number = texts.count
            texts.append(text)
            hashes.append(hash)
        }
        place(number)
        return number
    }

    /// Takes the number of a text back.
    ///
    /// - Returns: The number; nil of a text that had none.
    public mutating func remove(_ text: String) -> Int? {
        let found = text.withBytes { find($0, ByteHash.hash($0)) }
        guard let number = found.number else { return nil }
        close(found.slot)
        texts[number] = ""
        free.append(Int32(number))
        return number
    }

    public mutating func removeAll() { self = TextNumbers() }

    // MARK: Slots

    @inline(__always)
    private func find(
        _ bytes: UnsafeRawBufferPointer, _ hash: UInt64
    ) -> (slot: Int, number: Int?) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let number = Int(slots[slot])
            guard number >= 0 else { return (slot, nil) }
            if hashes[number] == hash, texts[number].withBytes({ $0.hasSameBytes(as: bytes) }) {
                return (slot, number)
            }
            slot = (slot + 1) & mask
        }
    }

    private mutating func place(_ number: Int) {
        var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number)
    }

    /// Moves what comes behind an emptied slot forward, where it would no longer be found.
    private mutating func close(_ emptied: Int) {
        let mask = slots.count - 1
        var (gap, slot) = (emptied, (emptied + 1) & mask)
        while slots[slot] >= 0 {
            let home = Int(truncatingIfNeeded: hashes[Int(slots[slot])]) & mask
            if (slot - home) & mask >= (slot - gap) & mask {
                slots[gap] = slots[slot]
                gap = slot
            }
            slot = (slot + 1) & mask
        }
        slots[gap] = -1
    }

    private mutating func grow() {
        let used = slots.filter { $0 >= 0 }
        slots = Array(repeating: -1, count: 2 * slots.count)
        for number in used { place(Int(number)) }
    }
}

/// Hashes of bytes that are the same within a process only.
enum ByteHash {
    private static let seeds = (first: random(1), second: random(2))

    private static func random(_ salt: Int) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(salt)
        return UInt64(truncatingIfNeeded: hasher.finalize()) | 1
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let (first, second) = seeds
        var hash = mix(UInt64(truncatingIfNeeded: bytes.count) ^ first, second)
        var place = 0
        while bytes.count - place >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            hash = mix(word ^ first, hash ^ second)
            place += 8
        }
        var rest: UInt64 = 0
        while place < bytes.count {
            rest = rest << 8 | UInt64(bytes[place])
            place += 1
        }
        return mix(rest ^ second, hash ^ first)
    }

    /// Both halves of the product: every bit of either factor has a part in every bit.
    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}

extension String {
    /// The UTF-8 bytes, for as long as the call takes.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
            ?? utf8.span.withUnsafeBytes(body)
    }
}
