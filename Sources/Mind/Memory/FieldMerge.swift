import Core

/// Puts members together by name, the later one counting, each in the place of the first.
///
/// Linear in the members, whatever their order.
struct FieldMerge {
    private(set) var object: JSONObject
    private var places: [ExactText: Int] = [:]

    init(_ object: JSONObject) {
        self.object = object
        for (place, member) in object.members.enumerated() {
            places[ExactText(member.name)] = place
        }
    }

    mutating func set(_ member: JSONObject.Member) {
        let place = places[ExactText(member.name), default: object.members.count]
        if place < object.members.count {
            object.members[place].value = member.value
        } else {
            places[ExactText(member.name)] = place
            object.members.append(member)
        }
    }
}
