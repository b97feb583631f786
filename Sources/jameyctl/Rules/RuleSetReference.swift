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
        at place: Place, directory: String
    ) throws(Ending) -> (name: String, files: [RuleFile]) {
        switch self {
        case .digest(let prefix):
            return try Self.stored(try Self.complete(prefix, at: place), at: place)
        case .active: return try Self.active(at: place)
        case .directory: return try Self.read(directory)
        case .path(let path): return try Self.read(path)
        }
    }

    /// In force, or what was at last.
    private static func active(at place: Place) throws(Ending) -> (String, [RuleFile]) {
        let none = Ending.failure(Exit.noValue, "no rule set has taken effect yet")
        switch place {
        case .file(let store):
            let reader = try store.open()
            let latest: StoredRuleset?
            do throws(ReadError) { latest = try reader.latestRuleset() } catch {
                throw Ending(error)
            }
            guard let latest else { throw none }
            return (latest.digest, latest.ruleFiles)
        case .daemon(let daemon):
            let rules = try daemon.get("/rules", query: [("limit", "1")]).piece
            guard let digest = rules["ruleset"]?.string else { throw none }
            return try stored(digest, at: place)
        }
    }

    private static func stored(
        _ digest: String, at place: Place
    ) throws(Ending) -> (String, [RuleFile]) {
        let gone = Ending.failure(Exit.noValue, "the files of \(digest) are no longer kept")
        switch place {
        case .file(let store):
            let reader = try store.open()
            let stored: StoredRuleset?
            do throws(ReadError) { stored = try reader.ruleset(digest: digest) } catch {
                throw Ending(error)
            }
            guard let stored else { throw gone }
            return (digest, stored.ruleFiles)
        case .daemon(let daemon):
            let list = try daemon.list(
                "/rules/sets/\(digest)", "files", limit: Limits.ruleFilesMax, missing: gone)
            var files: [RuleFile] = []
            for element in list.elements { files.append(try RuleFile(element)) }
            return (digest, files)
        }
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

extension RuleFile {
    /// As the daemon tells it.
    /// - Throws: where it is something else.
    fileprivate init(_ json: JSONValue) throws(Ending) {
        guard let name = json["name"]?.string, let text = json["text"]?.string else {
            throw DaemonAnswer.foreign
        }
        self.init(name: name, text: text)
    }
}

/// A digest as it is shown in a line: its first twelve digits.
extension String {
    var shortDigest: String {
        hasPrefix("sha256:") ? String(dropFirst(7).prefix(12)) : self
    }
}
