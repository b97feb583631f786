import Mind

/// Loads texts as the files `1.yaml`, `2.yaml`, …
func loadRules(_ texts: String...) throws(RuleSetErrors) -> RuleSet {
    try RuleSetLoader.load(
        texts.enumerated().map { RuleFile(name: "\($0.offset + 1).yaml", text: $0.element) })
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
