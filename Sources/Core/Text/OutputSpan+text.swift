// Texts and numbers, written straight into memory that was reserved for all of them at once.

extension OutputSpan<UInt8> {
    /// The bytes of a text.
    public mutating func append(text: String) {
        text.utf8.span.withUnsafeBufferPointer { append(bytes: $0) }
    }

    public mutating func append(bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        precondition(bytes.count <= freeCapacity)
        withUnsafeMutableBufferPointer { target, count in
            guard let start = target.baseAddress else { return }
            (start + count).initialize(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// A whole number. There must be room for `Int64.digitsMax` bytes.
    public mutating func append(number: Int64) {
        precondition(freeCapacity >= Int64.digitsMax)
        if number < 0 { append(UInt8(ascii: "-")) }
        withUnsafeMutableBufferPointer { target, count in
            let start = count
            var rest = number.magnitude
            repeat {
                let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                target.initializeElement(at: count, to: digit)
                count += 1
                rest /= 10
            } while rest > 0
            target[start..<count].reverse()
        }
    }

    /// - Parameter value: 0...99
    mutating func append(twoDigits value: Int) {
        // A tenth without a division: right up to 99.
        let tens = UInt8(truncatingIfNeeded: (value &* 103) >> 10)
        append(UInt8(ascii: "0") &+ tens)
        append(UInt8(ascii: "0") &+ (UInt8(truncatingIfNeeded: value) &- tens &* 10))
    }
}

extension Int64 {
    /// The bytes of `Int64.min`.
    public static let digitsMax = 20
}

extension String {
    /// A text that is written in one go.
    ///
    /// - Parameter bytesMax: What `write` may need at most; to ask for less is an error.
    public init(bytesMax: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        self.init(unsafeUninitializedCapacity: bytesMax) { buffer in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            write(&output)
            return output.finalize(for: buffer)
        }
    }
}
