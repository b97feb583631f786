import Glibc

/// A path without links in it (realpath(3)), so that one file has one name.
public enum ResolvedPath {
    /// - Returns: the path itself where there is no file yet.
    public static func of(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
