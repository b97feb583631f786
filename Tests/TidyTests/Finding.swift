/// One place that breaks a rule of the house.
struct Finding: Equatable, CustomStringConvertible {
    var path: String
    /// From 1; 0 for the file as a whole.
    var line: Int
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}
