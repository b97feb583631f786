import CEL
import Core

/// The constants that rules compare fields with, each with a number: equal ones have the same.
struct ConstantTable: Sendable {
    private let texts: TextTable
    /// Ascending.
    private let numbers: [Double]

    /// - Parameter values: Texts, numbers, truth values and null.
    init(_ values: [Value]) {
        texts = TextTable(
            values.compactMap { value in
                if case .string(let text) = value { return ExactText(text) }
                return nil
            })
        var numbers: [Double] = []
        for number in values.compactMap(\.asDouble).sorted() where numbers.last != number {
            numbers.append(number)
        }
        self.numbers = numbers
    }

    /// nil of what is no constant of the table.
    func number(of value: Value) -> Int? {
        switch value {
        case .string(let text):
            return text.utf8.span.withUnsafeBytes { texts.number(of: $0) }
        case .bool(let isTrue): return number(of: isTrue)
        case .null: return numberOfNull
        case _: return value.asDouble.flatMap(number)
        }
    }

    func number(of text: UnsafeRawBufferPointer) -> Int? { texts.number(of: text) }

    /// Integers that round to the same double have the same number; `isExact` tells where a field
    /// and a constant of the same number are equal for sure.
    func number(of double: Double) -> Int? {
        let place = numbers.firstPlace { $0 >= double }
        return place < numbers.count && numbers[place] == double ? texts.count + place : nil
    }

    func isExact(_ number: Int) -> Bool {
        let place = number - texts.count
        return !numbers.indices.contains(place) || numbers[place].isExactBound
    }

    var numberOfNull: Int { texts.count + numbers.count }

    func number(of isTrue: Bool) -> Int { texts.count + numbers.count + (isTrue ? 2 : 1) }
}

extension Double {
    /// Whether a number that rounds to this double is this double: no integer next to it is
    /// rounded to it.
    var isExactBound: Bool { magnitude < 0x1p53 }
}
