import Foundation

/// A directory of a test's own, removed with the object.
public final class TestDirectory {
    public let path: String

    /// - Parameter name: what it is for, as its name begins.
    public init(_ name: String = "test") throws {
        path = FileManager.default.temporaryDirectory.path + "/jamey-\(name)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
