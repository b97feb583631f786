import Core

extension CheckpointEncoder {
    /// What was learned about the entities of a table, in the order of its forgetting.
    mutating func baselines(_ memory: BaselineMemory, of entities: EntityTable) {
        entities.forEachFromOldest { slot, _ in
            let baselines = memory.baselines(of: slot)
            count(baselines.count)
            for baseline in baselines { baseline.encode(to: &self) }
        }
    }
}

extension CheckpointDecoder {
    /// - Parameter entities: A restored table, whose slots stand in the order of its forgetting.
    mutating func baselines(
        of entities: EntityTable, _ plans: [BaselinePlan]
    ) throws(CheckpointError) -> BaselineMemory {
        var memory = BaselineMemory()
        for slot in 0..<entities.count {
            var last = -1
            for _ in 0..<(try count()) {
                let route = try size()
                guard plans.indices.contains(route), !plans[route].isEmpty, route > last else {
                    throw damaged
                }
                last = route
                memory.insert(
                    try RouteBaseline(route: route, plans[route], from: &self), of: slot)
            }
        }
        return memory
    }
}
