import Core

/// The names of the fields of a joint baseline, in the order in which they first came.
///
/// Told apart by their bytes, and found without making a text of any.
struct FieldNames: Equatable, Sendable {
    /// One name behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where each ends.
    private(set) var ends: [Int32] = []

    var count: Int { ends.count }

    subscript(place: Int) -> String { String(decoding: bytes[range(of: place)], as: UTF8.self) }

    private func range(of place: Int) -> Range<Int> {
        (place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place])
    }

    mutating func append(_ name: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: name)
        ends.append(Int32(truncatingIfNeeded: bytes.count))
    }

    /// Where a name stands: most likely at `place`, since most messages have the same order.
    func find(_ name: UnsafeRawBufferPointer, near place: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            func isHere(_ place: Int) -> Bool {
                UnsafeRawBufferPointer(rebasing: bytes[range(of: place)]).hasSameBytes(as: name)
            }
            if place < count, isHere(place) { return place }
            return (0..<count).first(where: isHere)
        }
    }
}

extension FieldNames {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(count)
        for place in 0..<count { encoder.data(Array(bytes[range(of: place)])) }
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        let count = try decoder.count()
        guard count <= Limits.jointFieldsMax else { throw decoder.damaged }
        for _ in 0..<count {
            let name = try decoder.data()
            guard name.count <= Limits.jointNameBytesMax else { throw decoder.damaged }
            name.withUnsafeBytes { append($0) }
        }
    }
}
