import CEL

extension RuleSet {
    /// The rule set with code for everything that is evaluated for messages.
    ///
    /// All of it shares one table of paths, so that a field that many rules ask for is looked up
    /// once a message.
    func compiled() -> RuleSet {
        let paths = PathTable(ruleSlot: RuleEnvironment.Name.count)
        var compiled = self
        for index in rules.indices { compiled.rules[index].compile(sharing: paths) }
        return compiled
    }
}

extension Rule {
    /// The code of everything that is evaluated for messages.
    var programs: [Program] { expressions.compactMap(\.program) }

    /// Everything that is evaluated for messages.
    var expressions: [CEL.Expression] {
        var expressions = [when] + sites.map(\.argument) + variables.map(\.expression)
        expressions += actions.map(\.payload) + memories.map(\.content)
        expressions += [value, message].compactMap { $0 }
        if case .expression(let strength) = strength { expressions.append(strength) }
        return expressions
    }

    fileprivate mutating func compile(sharing paths: PathTable) {
        func code(_ expression: CEL.Expression) -> CEL.Expression {
            expression.compiled(sharing: paths)
        }
        value = when.observed.map { code($0) }
        when = code(when)
        if case .expression(let strength) = strength {
            self.strength = .expression(code(strength))
        }
        message = message.map { code($0) }
        for index in variables.indices {
            variables[index].expression = code(variables[index].expression)
        }
        for index in actions.indices {
            actions[index].payload = code(actions[index].payload)
        }
        for index in memories.indices {
            memories[index].content = code(memories[index].content)
        }
        for index in sites.indices {
            sites[index].argument = code(sites[index].argument)
        }
    }
}
