extension FixedWidthInteger {
    /// The nearest there is to a number that comes from outside, however large it is; 0 of what is
    /// no number.
    init(near value: Double) {
        if let exact = Self(exactly: value.rounded()) {
            self = exact
        } else if value.isNaN {
            self = 0
        } else {
            self = value < 0 ? .min : .max
        }
    }
}
