/// The version of this build, as `--version` and the status tell it.
enum Version {
    static let number = "3.0.0"
    static let text = "jameyd \(number)"
}
