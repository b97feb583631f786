import Core

/// What was learned about one entity from the messages of one route.
struct RouteBaseline: Sendable {
    /// Of a field by itself, what the rules of the route ask for.
    struct Field: Equatable, Sendable {
        var spread: SpreadBaseline?
        var quantiles: QuantileBaseline?

        var estimatedBytes: Int {
            16 + (spread?.estimatedBytes ?? 0) + (quantiles?.estimatedBytes ?? 0)
        }
    }

    var route: Int
    /// As in the route's plan.
    private(set) var fields: [Field]
    private(set) var joint: JointBaseline?

    /// Nothing yet.
    init(route: Int, _ plan: BaselinePlan) {
        self.route = route
        fields = plan.fields.map { field in
            Field(
                spread: field.asksSpread ? SpreadBaseline() : nil,
                quantiles: field.asksQuantiles ? QuantileBaseline() : nil)
        }
        joint = plan.asksJoint ? JointBaseline() : nil
    }

    /// What another plan still asks for of what was learned under an earlier one.
    init(route: Int, _ plan: BaselinePlan, from old: RouteBaseline, _ oldPlan: BaselinePlan) {
        self.init(route: route, plan)
        for (place, field) in plan.fields.enumerated() {
            let oldPlace = oldPlan.fields.firstIndex { $0.names == field.names }
            guard let oldPlace else { continue }
            if field.asksSpread, let spread = old.fields[oldPlace].spread {
                fields[place].spread = spread
            }
            if field.asksQuantiles, let quantiles = old.fields[oldPlace].quantiles {
                fields[place].quantiles = quantiles
            }
        }
        if plan.asksJoint, let joint = old.joint { self.joint = joint }
    }

    var estimatedBytes: Int {
        fields.reduce(96 + (joint?.estimatedBytes ?? 0)) { $0 + $1.estimatedBytes }
    }

    mutating func learn(_ document: JSONDocument, _ plan: BaselinePlan, at now: Timestamp) {
        document.withView { view in
            for place in plan.fields.indices {
                guard let reading = view.number(at: plan.fields[place].names) else { continue }
                fields[place].spread?.learn(reading, at: now)
                fields[place].quantiles?.learn(reading, at: now)
            }
            joint?.learn(view)
        }
    }
}

extension RouteBaseline {
    /// Without what the plan says.
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(route)
        for field in fields {
            field.spread?.encode(to: &encoder)
            field.quantiles?.encode(to: &encoder)
        }
        joint?.encode(to: &encoder)
    }

    init(
        route: Int, _ plan: BaselinePlan, from decoder: inout CheckpointDecoder
    ) throws(CheckpointError) {
        self.init(route: route, plan)
        for place in fields.indices {
            if fields[place].spread != nil {
                fields[place].spread = try SpreadBaseline(from: &decoder)
            }
            if fields[place].quantiles != nil {
                fields[place].quantiles = try QuantileBaseline(from: &decoder)
            }
        }
        if joint != nil { joint = try JointBaseline(from: &decoder) }
    }
}
