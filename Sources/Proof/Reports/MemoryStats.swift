import Core
import Store

/// How many memories there are, and minutes, hours and days of numbers.
public struct MemoryStats: Sendable {
    private let memories: MemoryCounts
    private let rollUps: RollUpCounts

    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public init(_ reader: StoreReader) throws(ReadError) {
        memories = try reader.memoryCounts()
        rollUps = try reader.rollUpCounts()
    }

    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("total", memories.total)
            json.object("layers") { layers in
                for (layer, count) in memories.layers { layers.member(layer.rawValue, count) }
            }
            json.member("pinned", memories.pinned)
            json.member("oldest", ifPresent: memories.oldest?.rfc3339())
            json.member("newest", ifPresent: memories.newest?.rfc3339())
            json.object("rollups") { tables in
                for table in rollUps.tables {
                    tables.object(table.resolution.rawValue) { json in
                        json.member("count", table.count)
                        json.member("oldest", ifPresent: table.oldest?.rfc3339())
                        json.member("newest", ifPresent: table.newest?.rfc3339())
                    }
                }
                tables.member("waiting", rollUps.waiting)
            }
        }
    }
}
