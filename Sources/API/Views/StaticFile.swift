import Core
import Crypto
import HTTPTypes
import Hummingbird

/// A file that is part of the program, with its mark for caches.
struct StaticFile: Sendable {
    private let bytes: [UInt8]
    private let type: String
    /// Quoted.
    private let tag: String

    init(_ bytes: [UInt8], type: String) {
        self.bytes = bytes
        self.type = type
        let digest = Array(SHA256.hash(data: bytes).prefix(16))
        tag = "\"\(Hexadecimal.text(of: digest))\""
    }

    /// The file, or that the one the client has is still the same.
    func response(to request: Request, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.eTag] = tag
        // It may be kept, but is asked for again: another build may answer the next time.
        headers[.cacheControl] = "no-cache"
        let known = request.headers[.ifNoneMatch].flatMap { EntityTags($0) }
        if known?.matchesWeakly(String(tag.dropFirst().dropLast())) == true {
            return Response(status: .notModified, headers: headers)
        }
        return APIResponse.bytes(bytes, type: type, headers: headers)
    }
}
