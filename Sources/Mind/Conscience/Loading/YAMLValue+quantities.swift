import Core

extension YAMLValue {
    /// A duration as `Duration.text` writes it: `30s`, `1h30m`.
    public func duration(in range: ClosedRange<Duration>) -> Duration? {
        guard let text = text() else { return nil }
        do throws(QuantityError) {
            let value = try Duration(text: text)
            if range.contains(value) { return value }
            let bounds = "\(range.lowerBound.text) to \(range.upperBound.text)"
            report("\(name) must be from \(bounds), not \(text)")
        } catch {
            report("\(name): \(error)", hint: "for example: 30s, 5m or 7d")
        }
        return nil
    }

    /// A number of bytes, with or without a unit: `1GiB`, `4096`.
    public func byteSize(in range: ClosedRange<Int>) -> Int? {
        guard let text = text() else { return nil }
        do throws(QuantityError) {
            let value = try ByteSize(text: text).bytes
            if range.contains(value) { return value }
            let lower = ByteSize(bytes: range.lowerBound).text
            let upper = ByteSize(bytes: range.upperBound).text
            report("\(name) must be from \(lower) to \(upper), not \(text)")
        } catch {
            report("\(name): \(error)", hint: "for example: 512MiB or 1GiB")
        }
        return nil
    }
}
