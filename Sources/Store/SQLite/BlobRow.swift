/// Bytes for the parameters of one run, put together so that they can be bound without a copy each.
struct BlobRow {
    private(set) var bytes: [UInt8]
    private(set) var places: [(parameter: Int32, range: Range<Int>)] = []

    /// - Parameter bytes: memory of an earlier one.
    init(reusing bytes: [UInt8]) {
        self.bytes = bytes
        self.bytes.removeAll(keepingCapacity: true)
        places.reserveCapacity(WriteStatements.eventRows)
    }

    mutating func add(_ content: some Sequence<UInt8>, at parameter: Int32) {
        let start = bytes.count
        bytes.append(contentsOf: content)
        places.append((parameter, start..<bytes.count))
    }

    consuming func recycled() -> [UInt8] { bytes }
}
