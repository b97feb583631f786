import Core
import Mind
import Testing

/// Loads texts as the files `1.yaml`, `2.yaml`, …
///
/// Whatever loads has the same routes where these alone are read.
func loadRules(_ texts: String...) throws(RuleSetErrors) -> RuleSet {
    let files = texts.enumerated().map {
        RuleFile(name: "\($0.offset + 1).yaml", text: $0.element)
    }
    let set = try RuleSetLoader.load(files)
    let alone = try RuleSetLoader.routes(of: files)
    #expect(alone.map(\.wholeText) == set.routes.map(\.wholeText))
    return set
}

extension Route {
    /// Everything of it, but for its rules.
    var wholeText: String {
        let source =
            switch kind {
            case .telemetry(let topic): topic.text
            case .guarded(let propose, let approved, let denied):
                "\(propose.text) > \(approved.text), \(denied.text)"
            case .evaluate: "-"
            }
        return "\(name): \(source) \(entity?.text ?? "-") \(record) \(threshold) "
            + "\(isApprovedByDefault) \(makesRollUps)"
    }
}

/// The headlines of what is wrong, without the lines and carets; empty for a good set.
func complaints(_ texts: String...) -> [String] {
    complaints(
        files: texts.enumerated().map {
            RuleFile(name: "\($0.offset + 1).yaml", text: $0.element)
        })
}

func complaints(files: [RuleFile]) -> [String] {
    do throws(RuleSetErrors) {
        _ = try RuleSetLoader.load(files)
        return []
    } catch {
        return error.errors.map {
            String($0.description.prefix { $0 != "\n" })
        }
    }
}

/// Routes that the rules of a test may name.
let testRoutes = """
    routes:
      - { name: heard, topic: "plant/{line}/{device}/telemetry" }
      - name: judged
        guard:
          propose: "cmd/{device}/{verb}/proposed"
          approved: "cmd/{device}/{verb}"
          denied: "cmd/{device}/{verb}/denied"

    """

/// The rules after the routes, so that a rule's first line is line 9.
func rules(_ text: String) -> String { testRoutes + "rules:\n" + text }
