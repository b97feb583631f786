import GRDB

// GRDB's own subscripts end the process on a value of another type; a damaged file must not.
extension Row {
    func integer(_ column: Int) throws(ReadError) -> Int64 {
        guard case .int64(let value) = storage(column) else { throw wrongType(column) }
        return value
    }

    func double(_ column: Int) throws(ReadError) -> Double {
        guard case .double(let value) = storage(column) else { throw wrongType(column) }
        return value
    }

    func text(_ column: Int) throws(ReadError) -> String {
        guard case .string(let value) = storage(column) else { throw wrongType(column) }
        return value
    }

    /// Bytes; none for NULL.
    func bytes(_ column: Int) throws(ReadError) -> [UInt8] {
        switch storage(column) {
        case .blob(let value): return [UInt8](value)
        case .null: return []
        case .int64, .double, .string: throw wrongType(column)
        }
    }

    func isNull(_ column: Int) -> Bool {
        if case .null = storage(column) { true } else { false }
    }

    private func storage(_ column: Int) -> DatabaseValue.Storage {
        let value: DatabaseValue = self[column]
        return value.storage
    }

    private func wrongType(_ column: Int) -> ReadError {
        .corrupt("column \(column) holds a value of another type")
    }
}
