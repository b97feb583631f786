extension UnsafeRawBufferPointer {
    /// Equality of the bytes; of short ones as fast as may be.
    @inlinable @inline(__always)
    public func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let own = baseAddress, let other = other.baseAddress else { return true }
        return own.hasSameBytes(as: other, count)
    }
}

extension UnsafeRawPointer {
    /// The words may overlap: then some bytes are compared twice.
    @inlinable
    func hasSameBytes(as other: UnsafeRawPointer, _ count: Int) -> Bool {
        if count >= 8 {
            var place = 0
            while place < count &- 8 {
                if differs(from: other, at: place, as: UInt64.self) { return false }
                place &+= 8
            }
            return !differs(from: other, at: count &- 8, as: UInt64.self)
        }
        if count >= 4 {
            return !differs(from: other, at: 0, as: UInt32.self)
                && !differs(from: other, at: count &- 4, as: UInt32.self)
        }
        for place in 0..<count where differs(from: other, at: place, as: UInt8.self) {
            return false
        }
        return true
    }

    @inlinable @inline(__always)
    func differs<Word: FixedWidthInteger & BitwiseCopyable>(
        from other: UnsafeRawPointer, at place: Int, as _: Word.Type
    ) -> Bool {
        loadUnaligned(fromByteOffset: place, as: Word.self)
            != other.loadUnaligned(fromByteOffset: place, as: Word.self)
    }
}
