/// Why a text is neither a time nor an age. Always an error of whoever wrote it: say so to them.
public enum MomentError: Error, Equatable, Sendable {
    case time(TimestampError)
    case age(QuantityError)
}

extension MomentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .time(let error): "\(error)"
        case .age(let error): "\(error)"
        }
    }
}

extension Timestamp {
    /// Reads a time of RFC 3339, or how long ago it was: `2h`, `1h30m`, `7d`.
    public init(moment text: String, now: Timestamp) throws(MomentError) {
        // A time begins with a year and a dash, which no age has.
        if text.contains("-") {
            do throws(TimestampError) { self = try Timestamp(rfc3339: text) } catch {
                throw .time(error)
            }
        } else {
            do throws(QuantityError) { self = now + (.zero - (try Duration(text: text))) } catch {
                throw .age(error)
            }
        }
    }
}
