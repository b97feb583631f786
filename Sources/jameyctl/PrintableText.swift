extension String {
    /// Without what could rewrite a terminal or break a line: devices choose these texts.
    var printable: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(scalar.isPrintable ? scalar : "\u{FFFD}") }
        return String(scalars)
    }

    /// The same of several lines, whose ends and tabs stay.
    var printableLines: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let stays = scalar.isPrintable || scalar == "\n" || scalar == "\t"
            scalars.append(stays ? scalar : "\u{FFFD}")
        }
        return String(scalars)
    }

    /// At least so many columns.
    func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - terminalColumns))
    }
}

extension Unicode.Scalar {
    /// No control character, line separator or change of the direction of writing.
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        case _: !properties.isBidiControl
        }
    }
}
