import Crypto

/// Stands for the name of an entity in keys, from which the name cannot be read.
///
/// The first 64 bits of SHA-256 of the name: nobody can choose one that meets another's.
enum EntityKey {
    static func of(_ entity: String) -> Int64 {
        SHA256.hash(data: Array(entity.utf8)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}
