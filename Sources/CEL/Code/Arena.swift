/// Memory that is handed out piece by piece and taken back all at once; nothing in it moves.
struct Arena {
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    private var first: UnsafeMutableRawPointer?
    private var firstBytes = 0
    private var chunks: [UnsafeMutableRawBufferPointer] = []
    private static let firstChunkBytes = 4_096
    private static let alignment = 16
    /// A first chunk that is larger is not kept: one huge run in a life is no reason to.
    private static let keptBytesMax = 1 << 16

    /// Room for so many bytes, aligned to 16.
    @inline(__always)
    mutating func allocate(bytes count: Int) -> UnsafeMutableRawPointer {
        let size = (count + Self.alignment - 1) & ~(Self.alignment - 1)
        if let start = next, size <= left {
            next = start + size
            left -= size
            return start
        }
        return allocateChunk(size)
    }

    @inline(__always)
    mutating func allocate(cells count: Int) -> UnsafeMutablePointer<Cell> {
        allocate(bytes: count * MemoryLayout<Cell>.stride)
            .bindMemory(to: Cell.self, capacity: count)
    }

    /// Copies a text.
    mutating func keep(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let source = text.baseAddress, text.count > 0 else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let copy = allocate(bytes: text.count)
        copy.copyMemory(from: source, byteCount: text.count)
        return UnsafeRawBufferPointer(start: copy, count: text.count)
    }

    /// What was handed out is no longer there. The first chunk is kept for the next round.
    @inline(__always)
    mutating func removeAll() {
        if chunks.count > 1 { freeAllButFirst() }
        if firstBytes > Self.keptBytesMax { free() }
        next = first
        left = firstBytes
    }

    @inline(never)
    private mutating func freeAllButFirst() {
        for chunk in chunks.dropFirst() { chunk.deallocate() }
        chunks.removeSubrange(1...)
    }

    /// Gives everything back.
    mutating func free() {
        for chunk in chunks { chunk.deallocate() }
        chunks = []
        first = nil
        firstBytes = 0
        next = nil
        left = 0
    }

    @inline(never)
    private mutating func allocateChunk(_ size: Int) -> UnsafeMutableRawPointer {
        let last = chunks.last?.count ?? Self.firstChunkBytes / 2
        let chunk = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(last * 2, size), alignment: Self.alignment)
        chunks.append(chunk)
        guard let start = chunk.baseAddress else { preconditionFailure("a chunk has bytes") }
        if chunks.count == 1 {
            first = start
            firstBytes = chunk.count
        }
        next = start + size
        left = chunk.count - size
        return start
    }
}
