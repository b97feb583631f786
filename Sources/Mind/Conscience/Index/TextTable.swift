import Core
import Glibc

/// Texts in the order of their bytes, each with a number: found without a copy and without
/// counting references.
struct TextTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each text begins, and the end of the last.
    private var starts: [Int32] = [0]
    /// Of each text, the longest other one that it begins with; -1 where there is none.
    private var parents: [Int32] = []

    var count: Int { parents.count }

    init(_ texts: some Sequence<ExactText>) {
        let sorted = Set(texts).map { Array($0.text.utf8) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        for text in sorted {
            bytes += text
            starts.append(Int32(bytes.count))
        }
        // The texts that one begins with stand before it, each among those of the next longer one.
        for place in sorted.indices {
            var parent = Int32(place) - 1
            while parent >= 0, !sorted[place].starts(with: sorted[Int(parent)]) {
                parent = parents[Int(parent)]
            }
            parents.append(parent)
        }
    }

    /// The text's number; nil of one that is not there.
    func number(of text: UnsafeRawBufferPointer) -> Int? {
        let place = placeBehind(text) - 1
        return place >= 0 && length(place) == text.count && begins(text, with: place) ? place : nil
    }

    /// Adds the numbers of all texts that this one begins with.
    func collectPrefixes(of text: UnsafeRawBufferPointer, into numbers: inout [Int32]) {
        var place = placeBehind(text) - 1
        while place >= 0 {
            if begins(text, with: place) { numbers.append(Int32(place)) }
            place = Int(parents[place])
        }
    }

    private func length(_ place: Int) -> Int { Int(starts[place + 1] - starts[place]) }

    private func begins(_ text: UnsafeRawBufferPointer, with place: Int) -> Bool {
        let length = length(place)
        return length <= text.count && compare(text, place, length) == 0
    }

    /// The first text that is greater.
    private func placeBehind(_ text: UnsafeRawBufferPointer) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let length = length(middle)
            let order = compare(text, middle, min(length, text.count))
            let isBefore = order == 0 ? text.count < length : order < 0
            if isBefore { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Of as many bytes as both have.
    private func compare(_ text: UnsafeRawBufferPointer, _ place: Int, _ length: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            guard length > 0, let left = text.baseAddress, let right = bytes.baseAddress else {
                return 0
            }
            return Int(memcmp(left, right + Int(starts[place]), length))
        }
    }
}
