import Core
import Mind

extension Explanation.Route {
    /// The members of its object.
    public func write(to json: inout JSONWriter) {
        json.member("route", name)
        json.member("kind", kind)
        json.member("entity", entity)
        json.object("params") { params in
            for capture in captures { params.member(capture.name, capture.value) }
        }
        json.array("rules") { list in
            for rule in rules { list.object { rule.write(to: &$0) } }
        }
    }
}

extension Explanation.Rule {
    /// The members of its object.
    public func write(to json: inout JSONWriter) {
        json.member("rule", name)
        json.member("file", file)
        json.member("line", line)
        json.member("mode", mode)
        json.member("stance", ifPresent: stance)
        json.member("weight", weight)
        json.member("asked", isAsked)
        if let access { json.member("access", access) }
        json.member("result", result)
        json.member("timing", timing)
        if standing != .init() {
            json.object("standing") { standing.write(to: &$0) }
        }
        json.array("terms") { list in
            for term in terms { list.object { term.write(to: &$0) } }
        }
    }
}

extension Explanation.Standing {
    fileprivate func write(to json: inout JSONWriter) {
        if let firingSince { json.member("firing_since", firingSince) }
        json.member("waits", ifPresent: wait?.rawValue)
        if let due { json.member("due", due) }
        if let raisedAt { json.member("raised_at", raisedAt) }
    }
}

extension Explanation.Term {
    /// The members of its object.
    public func write(to json: inout JSONWriter) {
        json.member("term", text)
        json.member("result", result)
        json.member("observed", ifPresent: observed)
        json.member("value", ifPresent: value)
        if let comparison {
            json.object("comparison") {
                $0.member("left", comparison.left)
                $0.member("left_value", comparison.leftValue)
                $0.member("holds_where", comparison.relation)
                $0.member("right", comparison.right)
                $0.member("right_value", comparison.rightValue)
                $0.member("constant", ifPresent: comparison.constant)
            }
        }
        guard !parts.isEmpty else { return }
        json.member("any_of", isAnyOf)
        json.array("parts") { list in
            for part in parts { list.object { part.write(to: &$0) } }
        }
    }
}

extension Explanation.Comparison {
    /// Which side has the same value always: `left`, `right` or `both`; nil: neither.
    fileprivate var constant: String? {
        switch (isLeftConstant, isRightConstant) {
        case (true, true): "both"
        case (true, false): "left"
        case (false, true): "right"
        case (false, false): nil
        }
    }
}
