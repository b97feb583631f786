/// The version of this build, which is the daemon's.
enum Version {
    static let number = "3.0.0"
    static let text = "jameyctl \(number)"
}
