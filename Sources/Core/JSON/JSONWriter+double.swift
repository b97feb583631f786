extension JSONWriter {
    /// Always with a fraction or an exponent: `-1.0`. JSON has no NaN and no infinity: `null`.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        guard let units = Self.decimalUnits(of: value) else { return token(value.description) }
        separate()
        bytes.append(addingCapacity: Int64.digitsMax + 8) { output in
            if value < 0 { output.append(UInt8(ascii: "-")) }
            output.append(number: units / Self.unitsOfOne)
            output.append(UInt8(ascii: "."))
            var rest = units % Self.unitsOfOne
            repeat {
                rest *= 10
                output.append(UInt8(ascii: "0") + UInt8(rest / Self.unitsOfOne))
                rest %= Self.unitsOfOne
            } while rest > 0
        }
    }

    private static let unitsOfOne: Int64 = 10_000

    /// The magnitude in ten thousandths, where that is exactly what the shortest form says.
    ///
    /// Most that is measured or scored has few digits. No two decimals of up to 15 digits are the
    /// same double, so one of them that gives this double back is its shortest form.
    private static func decimalUnits(of value: Double) -> Int64? {
        let scaled = value.magnitude * Double(unitsOfOne)
        // A zero may have a sign.
        guard scaled < 1e15, scaled > 0 else { return nil }
        let units = Int64(scaled + 0.5)
        return Double(units) / Double(unitsOfOne) == value.magnitude ? units : nil
    }
}
