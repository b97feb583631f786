import Core
import Hummingbird

extension APIContext {
    /// A segment of the path, out of its percent-encoding.
    /// - Throws: `BAD_` and its name.
    func segment(
        _ name: String, bytes: ClosedRange<Int> = 1...Limits.entityNameBytesMax
    ) throws(APIError) -> String {
        let text = PercentEncoding.decode(parameters.get(name) ?? "")
        guard let text, bytes.contains(text.utf8.count), !text.utf8.contains(0) else {
            throw QueryParameters.fault(
                name,
                "in the path must be \(bytes.lowerBound) to \(bytes.upperBound) bytes of UTF-8, "
                    + "percent-encoded and without U+0000")
        }
        return text
    }

    /// A segment of the path that is a number from 1 on.
    /// - Throws: `BAD_` and its name.
    func number(_ name: String) throws(APIError) -> Int64 {
        guard let number = Int64(digits: parameters.get(name) ?? ""), number > 0 else {
            throw QueryParameters.fault(name, "in the path must be a whole number from 1 on")
        }
        return number
    }
}
