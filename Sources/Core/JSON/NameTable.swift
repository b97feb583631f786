/// The names of one object, hashed with a seed of this process, so that nobody can send names that
/// collide.
struct NameTable {
    /// A member's node, and above it what is left of its name's hash; 0 where there is none, since
    /// no member is node 0. Twice as many places as members at least.
    private var places = [UInt64](repeating: 0, count: 4 * NameFilter.countMax)
    private var count = 0

    /// - Parameter isNamedSo: whether another member has the same name.
    /// - Returns: false when one that is here has.
    mutating func insert(
        _ member: Int, named name: UnsafeRawBufferPointer, _ isNamedSo: (Int) -> Bool
    ) -> Bool {
        if count >= places.count / 2 { grow() }
        let hash = Self.hash(name)
        var place = Self.place(hash, among: places.count)
        while places[place] != 0 {
            let other = places[place]
            if other >> 32 == hash, isNamedSo(Int(UInt32(truncatingIfNeeded: other))) {
                return false
            }
            place = (place + 1) % places.count
        }
        places[place] = hash << 32 | UInt64(member)
        count += 1
        return true
    }

    /// 32 bits: more than there are members.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: ByteHash.hash(name)))
    }

    private static func place(_ hash: UInt64, among count: Int) -> Int {
        Int(truncatingIfNeeded: hash) & (count - 1)
    }

    private mutating func grow() {
        let old = places
        places = [UInt64](repeating: 0, count: 2 * old.count)
        for entry in old where entry != 0 {
            var place = Self.place(entry >> 32, among: places.count)
            while places[place] != 0 { place = (place + 1) % places.count }
            places[place] = entry
        }
    }
}
