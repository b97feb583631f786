import ArgumentParser

/// Where the broker is and who we are to it.
struct BrokerOptions: ParsableArguments {
    @Option(help: "Host of the broker.")
    var host = "127.0.0.1"

    @Option(help: "Port of the broker.")
    var port: UInt16 = 1883

    @Option(help: "User name.")
    var username: String?

    @Option(help: "File that holds the password; a newline at its end is ignored.")
    var passwordFile: String?

    /// The password without its newline; nil where none is configured.
    func password() throws(SimError) -> String? {
        guard let passwordFile else { return nil }
        var text = try readFile(passwordFile)
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
