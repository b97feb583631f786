import Core

extension Request {
    /// The body, read as JSON.
    /// - Parameter isOptional: takes an empty body for an empty object.
    /// - Throws: `BAD_JSON`, `NOT_AN_OBJECT`, and what keeps it from being read.
    func bodyFields(
        isOptional: Bool = false
    ) async throws(APIError) -> (body: JSONValue, fields: RequestFields) {
        let bytes = try await self.bytes()
        if isOptional, bytes.isEmpty { return try Self.fields(of: .object(JSONObject())) }
        let body: JSONValue
        do throws(JSONError) { body = try JSONScanner.scan(bytes) } catch {
            throw APIError(RequestError(error))
        }
        return try Self.fields(of: body)
    }

    private static func fields(
        of body: JSONValue
    ) throws(APIError) -> (body: JSONValue, fields: RequestFields) {
        do throws(RequestError) { return (body, try RequestFields(body)) } catch {
            throw APIError(error)
        }
    }
}
