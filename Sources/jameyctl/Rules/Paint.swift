import Glibc

/// Colours for a terminal; for anything else, and where NO_COLOR is set, texts stay as they are.
struct Paint {
    enum Colour: Int { case bold = 1, red = 31, green = 32, yellow = 33, cyan = 36 }

    let isOn: Bool

    init(isOn: Bool) { self.isOn = isOn }

    /// For standard output.
    init() {
        let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        isOn = isatty(STDOUT_FILENO) == 1 && !isRefused
    }

    func callAsFunction(_ colour: Colour, _ text: String) -> String {
        isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
