import ArgumentParser
import Core

/// Where a new secret goes: to standard output and nothing else there, or into a file.
struct KeyDelivery: ParsableArguments {
    @Option(
        name: [.short, .long], help: "Write the key into this file, with mode 0600.",
        completion: .file())
    var output: String?

    @Flag(help: "Everything about it as one JSON object; with --output without the key.")
    var json = false

    /// Checks a duration as the daemon will.
    static func check(
        _ text: String?, _ option: String, in range: ClosedRange<Duration>
    ) throws(ValidationError) {
        guard let text else { return }
        do throws(QuantityError) {
            if range.contains(try Duration(text: text)) { return }
        } catch { throw ValidationError("\(option) \(text): \(error)") }
        throw ValidationError(
            "\(option) must be from \(range.lowerBound.text) to \(range.upperBound.text)")
    }

    /// Has a key made, and hands it over.
    ///
    /// The file is there before the key is: nobody would see that again.
    /// - Throws: what `make` throws; that the key could not be handed over.
    func deliver(_ make: () throws(Ending) -> DaemonAnswer) throws(Ending) {
        guard let output else { return try deliver(NewKey(try make())) }
        let file = try SecretFile(output)
        let key: NewKey
        do throws(Ending) { key = try NewKey(try make()) } catch {
            file.discard()
            throw error
        }
        do throws(Ending) { try file.write(key.secret) } catch {
            file.discard()
            throw Self.lost(key, error)
        }
        StandardError.write("\(key.summary); it is in \(output)")
        guard json else { return }
        var lines = LineOutput()
        try lines.line(key.withoutSecret)
        try lines.flush()
    }

    private func deliver(_ key: NewKey) throws(Ending) {
        var lines = LineOutput()
        do throws(Ending) {
            if json { try lines.line(key.json) } else { try lines.line(key.secret) }
            try lines.flush()
        } catch { throw Self.lost(key, error) }
        StandardError.write(
            "\(key.summary); it is shown this once: keep it in a file that others cannot read "
                + "(chmod 600)")
    }

    /// A secret that nobody has is good all the same. Never quiet: a reader that has gone before it
    /// had the key has not got enough.
    private static func lost(_ key: NewKey, _ error: Ending) -> Ending {
        let reason = error.text ?? "jameyctl: nobody has taken the key"
        return Ending(
            code: error.code == 0 ? Exit.io : error.code,
            text: reason + "\n" + "the key \(key.id) is good, and nobody has it: revoke it "
                + "(jameyctl keys revoke \(key.id)), or give it another secret (rotate)")
    }
}
