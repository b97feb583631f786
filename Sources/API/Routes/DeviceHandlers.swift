import Agent
import Core
import Hummingbird
import Mind

/// What is in working memory about devices.
enum DeviceHandlers {
    /// `GET /devices`: in the order of the bytes of their names; or the first of another order.
    static func devices(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor", "order"])
        let limit = try query.limit()
        let last = try query.text("cursor", bytes: 0...Limits.entityNameBytesMax)
        if let order = try query.choice("order", of: EntityOrder.self) {
            // Without further pages, whatever the cursor: who is loud is so at this moment.
            let found = try await services.ask { $0.devices(in: order, limit: limit) }
            return APIResponse.json(PageView.json("devices", page(found), next: nil))
        }
        // One more than asked for, to see whether another page follows.
        let found = try await services.ask { $0.devices(after: last, limit: limit + 1) }
        let devices = page(found.prefix(limit))
        let isLast = devices.count == found.count
        let next = isLast ? nil : found.prefix(devices.count).last?.entity
        return APIResponse.json(PageView.json("devices", devices, next: next))
    }

    /// As many as an answer may have bytes.
    private static func page(_ found: some Sequence<EntityReading>) -> [[UInt8]] {
        var devices: [[UInt8]] = []
        var bytes = 0
        for device in found where bytes < Limits.apiListBytesMax {
            let json = DeviceView.summary(device)
            bytes += json.count
            devices.append(json)
        }
        return devices
    }

    /// `GET /devices/{entity}`
    static func device(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let name = try context.segment("entity")
        guard let device = try await services.ask({ $0.device(name) }) else {
            throw .notFound("there is no such device in working memory")
        }
        return APIResponse.json(DeviceView.detail(device))
    }
}
