/// The rules of an agent whose operator has written none.
public enum DefaultRules {
    /// Read like any other file; its name cannot be that of a file, so it is never taken for one.
    public static let file = RuleFile(name: "(built in)", text: text)

    /// The words are few and plain on purpose: a word that also stands in harmless sentences would
    /// deny them. `text.overlap` gives the share of the words found, whole words, in any case.
    private static let text = """
        rules:
          - name: no-harm
            description: Do not cause physical or emotional harm
            weight: 10
            stance: oppose
            when: >-
              has(payload.action) && text.overlap(payload.action,
              "harm harms harming hurt hurts hurting injure injures injuring kill kills killing
              attack attacks attacking abuse abuses abusing torture tortures poison poisons
              threaten threatens humiliate humiliates bully bullies") > 0.0
            message: the action speaks of harm
          - name: truth
            description: Do not deceive
            weight: 8
            stance: oppose
            when: >-
              has(payload.action) && text.overlap(payload.action,
              "lie lies lying deceive deceives deceiving mislead misleads misleading falsify
              falsifies falsifying fake fakes faking forge forges forging fabricate fabricates
              cheat cheats defraud defrauds") > 0.0
            message: the action speaks of deceit

        """
}
