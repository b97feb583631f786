import CAssets

/// Files that are part of the program: the dashboard's, and the description of the API.
///
/// They are copied for each answer: hardly anybody asks, and memory at rest is what counts.
enum Assets {
    /// - Parameter name: without a folder: `app.js`.
    static func file(_ name: String) -> StaticFile? {
        var index = 0
        while let found = asset_at(index).name {
            if String(cString: found) == name { return file(at: index, name) }
            index += 1
        }
        return nil
    }

    private static func file(at index: Int, _ name: String) -> StaticFile {
        let asset = asset_at(index)
        let bytes = Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
        return StaticFile(bytes, type: type(of: name))
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json": "application/json"
        case _: "application/octet-stream"
        }
    }
}
