import Core
import Mind
import Proof
import Store

/// The rules that took effect last in a store, for finding whom its topics are about.
enum StoredRules {
    /// - Throws: where the store cannot be read, or this build does not understand its rules.
    static func topics(of reader: StoreReader) throws(Ending) -> TopicEntities {
        let stored: StoredRuleset?
        do throws(ReadError) { stored = try reader.latestRuleset() } catch { throw Ending(error) }
        guard let stored else { return TopicEntities(nil) }
        do throws(RuleSetErrors) {
            return TopicEntities(try stored.rules())
        } catch {
            throw .failure(
                Exit.data, "this jameyctl does not understand the rules in the store:\n\(error)")
        }
    }
}
