import CEL
import Core

/// Reads the entries of `actions:`.
struct ActionReader {
    /// Knows the rule's variables, which a payload may use.
    let expressions: ExpressionReader

    struct Publish {
        var action: Rule.PublishAction
        /// For errors that only the rule's routes show.
        var topicValue: YAMLValue
    }

    /// The actions of a rule by their kinds, each in order.
    struct Actions {
        var publications: [Publish] = []
        var memories: [Rule.RememberAction] = []
        var feelings: [Rule.FeelAction] = []
        /// Where errors about all of them are told.
        var first: YAMLValue?
    }

    private static let kinds = ["publish", "remember", "feel"]

    func read(_ value: YAMLValue?) -> Actions {
        var actions = Actions()
        guard let value, let items = value.list() else { return actions }
        guard items.count <= Limits.ruleActionsMax else {
            value.report("more than \(Limits.ruleActionsMax) actions in one rule")
            return actions
        }
        actions.first = items.first
        for item in items { read(item, into: &actions) }
        return actions
    }

    private func read(_ item: YAMLValue, into actions: inout Actions) {
        guard let map = item.mapping(keys: Self.kinds) else { return }
        if map.pairs.count > 1 {
            item.report("one entry of 'actions' holds one action", hint: "begin each with '-'")
        }
        if map.pairs.isEmpty {
            item.report("an action is missing", hint: YAMLValue.list(Self.kinds))
        }
        if let found = map["publish"].flatMap(publish) { actions.publications.append(found) }
        if let found = map["remember"].flatMap(remember) { actions.memories.append(found) }
        if let found = map["feel"].flatMap(feel) { actions.feelings.append(found) }
    }

    private func remember(_ value: YAMLValue) -> Rule.RememberAction? {
        guard let map = value.mapping(keys: ["layer", "content", "tags"]) else { return nil }
        let layer = map.required("layer").flatMap { $0.choice(Memory.Layer.self) }
        let content = document("content", of: map)
        let tags = map["tags"].map(tags) ?? []
        guard let layer, let content else { return nil }
        return Rule.RememberAction(layer: layer, content: content, tags: tags)
    }

    private func document(_ key: String, of map: YAMLMapping) -> CEL.Expression? {
        map.required(key).flatMap { expressions.expression($0, giving: .document) }
    }

    private func tags(_ value: YAMLValue) -> [String] {
        guard let items = value.list() else { return [] }
        guard items.count <= Limits.memoryTagsMax else {
            value.report("more than \(Limits.memoryTagsMax) tags for one memory")
            return []
        }
        return items.compactMap { $0.text(length: 1...Limits.memoryTagCharactersMax) }
    }

    private func feel(_ value: YAMLValue) -> Rule.FeelAction? {
        guard let map = value.mapping(keys: ["emotion", "weight"]) else { return nil }
        let emotion = map.required("emotion").flatMap { $0.choice(Emotion.self) }
        let weight = map["weight"].map { $0.number(in: Limits.soulWeights) } ?? 1
        guard let emotion, let weight else { return nil }
        return Rule.FeelAction(emotion: emotion, weight: Soul.amount(weight))
    }

    private func publish(_ value: YAMLValue) -> Publish? {
        guard let map = value.mapping(keys: ["topic", "payload", "qos", "retain"]) else {
            return nil
        }
        let topicValue = map.required("topic")
        let topic = topicValue?.template(as: .topic)
        let payload = document("payload", of: map)
        let qos = map["qos"].map { $0.integer(in: 0...1) } ?? 1
        let retain = map["retain"].map { $0.flag() } ?? false
        guard let topicValue, let topic, let payload, let qos, let retain else { return nil }
        return Publish(
            action: Rule.PublishAction(
                topic: topic, payload: payload, qos: qos == 0 ? .atMostOnce : .atLeastOnce,
                retain: retain),
            topicValue: topicValue)
    }
}
