import Core
import Mind

/// `jamey.yaml`, read from the disk.
public enum ConfigurationFile {
    /// Reads and checks a configuration; nothing else on the machine is touched.
    ///
    /// - Parameter path: A regular file of at most `Limits.configurationBytesMax` bytes of UTF-8.
    /// - Throws: `.unreadable`, `.invalid` with all errors at once.
    public static func load(_ path: String) throws(ConfigurationError) -> AgentConfiguration {
        let text: String
        do throws(TextFileError) {
            text = try TextFile.read(path, bytesMax: Limits.configurationBytesMax)
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        return try AgentConfiguration(yaml: text, file: path, hostName: HostName.current())
    }
}
