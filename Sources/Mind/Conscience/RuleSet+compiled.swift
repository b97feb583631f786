import CEL

extension RuleSet {
    /// The rule set with code for everything that is evaluated for messages.
    ///
    /// All of it shares one table of paths, so that a field that many rules ask for is looked up
    /// once a message.
    func compiled() -> RuleSet {
        var paths = PathTable(ruleSlot: RuleEnvironment.Name.count)
        var compiled = self
        for index in rules.indices { compiled.rules[index].compile(sharing: &paths) }
        return compiled
    }
}

extension Rule {
    fileprivate mutating func compile(sharing paths: inout PathTable) {
        func code(_ expression: CEL.Expression, _ paths: inout PathTable) -> CEL.Expression {
            expression.compiled(sharing: &paths)
        }
        value = when.observed.map { code($0, &paths) }
        when = code(when, &paths)
        if case .expression(let strength) = strength {
            self.strength = .expression(code(strength, &paths))
        }
        message = message.map { code($0, &paths) }
        for index in variables.indices {
            variables[index].expression = code(variables[index].expression, &paths)
        }
        for index in actions.indices {
            actions[index].payload = code(actions[index].payload, &paths)
        }
        for index in memories.indices {
            memories[index].content = code(memories[index].content, &paths)
        }
        for index in sites.indices {
            sites[index].argument = code(sites[index].argument, &paths)
        }
    }
}
