import HTTPTypes

extension APIRoute {
    /// The methods that a path answers, each once; none where no route has it.
    ///
    /// A path that a route spells out is not that of one with a parameter in its place:
    /// `/memory/series` is no memory.
    static func methods(at path: String) -> [HTTPRequest.Method] {
        let segments = path.split(separator: "/")
        let matches = allCases.compactMap { route in
            route.literals(matching: segments).map { (route: route, literals: $0) }
        }
        let most = matches.map(\.literals).max()
        var methods: [HTTPRequest.Method] = []
        for match in matches where match.literals == most {
            let own = match.route.method
            methods += own == .get ? [.get, .head] : [own]
        }
        return methods
    }

    /// How many segments are spelled out, where a path is one of this route's.
    private func literals(matching segments: [Substring]) -> Int? {
        let pattern = path.split(separator: "/")
        guard pattern.count == segments.count else { return nil }
        var literals = 0
        for (part, segment) in zip(pattern, segments) where !part.hasPrefix("{") {
            guard part == segment else { return nil }
            literals += 1
        }
        return literals
    }
}
