import ArgumentParser
import Core
import Mind
import Store

/// Which rule set a person means: a digest or its first digits, `active`, `directory`, or a path.
enum RuleSetReference: Equatable, ExpressibleByArgument {
    /// With `sha256:` before it.
    case digest(String)
    case active
    case directory
    case path(String)

    static let help = """
        A digest, or its first digits (\(Limits.digestPrefixMin) at least); active; directory, \
        which is --directory; or a path with a / in it.
        """

    init?(argument: String) {
        switch argument {
        case "active": self = .active
        case "directory": self = .directory
        case let text where text.contains("/") || text == ".": self = .path(text)
        case let text:
            let digits = text.hasPrefix(Self.scheme) ? text.dropFirst(Self.scheme.count) : text[...]
            guard digits.count >= Limits.digestPrefixMin, digits.allSatisfy(\.isHexDigit) else {
                return nil
            }
            self = .digest(Self.scheme + digits.lowercased())
        }
    }

    private static let scheme = "sha256:"

    /// The whole digest that this one begins.
    static func complete(_ prefix: String, at place: Place) throws(Ending) -> String {
        switch place {
        case .file(let store): return try complete(prefix, in: try store.open())
        case .daemon:
            let all = try ShownActivation.all(at: place, limit: Limits.activationsMax)
            let digests = Set(all.map(\.stored.activation.digest))
            return try one(of: digests.filter { $0.hasPrefix(prefix) }.sorted(), prefix)
        }
    }

    static func complete(_ prefix: String, in reader: StoreReader) throws(Ending) -> String {
        let found: [String]
        do throws(ReadError) {
            found = try reader.rulesetDigests(beginningWith: prefix)
        } catch { throw Ending(error) }
        return try one(of: found, prefix)
    }

    private static func one(of found: [String], _ prefix: String) throws(Ending) -> String {
        guard let digest = found.first else {
            throw .failure(
                Exit.noValue, "no rule set \(prefix) ever took effect; see jameyctl rules history")
        }
        guard found.count == 1 else {
            throw .failure(
                Exit.data, "\(prefix) can be any of these:\n" + found.joined(separator: "\n"))
        }
        return digest
    }

    /// - Parameter directory: what `directory` means.
    func files(
        in store: StoreOption, directory: String
    ) throws(Ending) -> (name: String, files: [RuleFile]) {
        switch self {
        case .digest(let prefix):
            let reader = try store.open()
            return try Self.stored(try Self.complete(prefix, in: reader), reader)
        case .active:
            let reader = try store.open()
            let latest: StoredRuleset?
            do throws(ReadError) { latest = try reader.latestRuleset() } catch {
                throw Ending(error)
            }
            guard let latest else {
                throw .failure(Exit.noValue, "no rule set has taken effect yet")
            }
            return (latest.digest, latest.ruleFiles)
        case .directory: return try Self.read(directory)
        case .path(let path): return try Self.read(path)
        }
    }

    private static func stored(
        _ digest: String, _ reader: StoreReader
    ) throws(Ending) -> (String, [RuleFile]) {
        let stored: StoredRuleset?
        do throws(ReadError) { stored = try reader.ruleset(digest: digest) } catch {
            throw Ending(error)
        }
        guard let stored else {
            throw .failure(Exit.noValue, "the files of \(digest) are no longer kept")
        }
        return (digest, stored.ruleFiles)
    }

    private static func read(_ path: String) throws(Ending) -> (String, [RuleFile]) {
        let found = try RulesDirectory(path: path).read(isJSON: false)
        do throws(RuleSetErrors) {
            let files = try RuleFile.all(found)
            return (path, files)
        } catch { throw .failure(Exit.data, error.description) }
    }
}

extension StoredRuleset {
    var ruleFiles: [RuleFile] { files.map { RuleFile(name: $0.name, text: $0.text) } }
}

/// A digest as it is shown in a line: its first twelve digits.
extension String {
    var shortDigest: String {
        hasPrefix("sha256:") ? String(dropFirst(7).prefix(12)) : self
    }
}
