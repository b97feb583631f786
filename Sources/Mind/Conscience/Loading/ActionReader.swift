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

    func read(_ value: YAMLValue?) -> [Publish] {
        guard let value, let items = value.list() else { return [] }
        guard items.count <= Limits.ruleActionsMax else {
            value.report("more than \(Limits.ruleActionsMax) actions in one rule")
            return []
        }
        return items.compactMap { action($0) }
    }

    private func action(_ item: YAMLValue) -> Publish? {
        guard let map = item.mapping(keys: ["publish"] + LaterFeatures.actionKeys) else {
            return nil
        }
        for key in LaterFeatures.actionKeys {
            map.refuse(key, LaterFeatures.refusal(of: key))
        }
        if map.pairs.count > 1 {
            item.report("one entry of 'actions' holds one action", hint: "begin each with '-'")
        }
        if map.pairs.isEmpty { item.report("an action is missing", hint: "publish") }
        return map["publish"].flatMap { publish($0) }
    }

    private func publish(_ value: YAMLValue) -> Publish? {
        guard let map = value.mapping(keys: ["topic", "payload", "qos", "retain"]) else {
            return nil
        }
        let topicValue = map.required("topic")
        let topic = topicValue?.template(as: .topic)
        let payload = map.required("payload").flatMap { expressions.expression($0) }
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
