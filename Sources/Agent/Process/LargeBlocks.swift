import CLinux
import Core

/// How the C library keeps large blocks of memory.
public enum LargeBlocks {
    /// Gives large blocks back to the system as soon as they are freed.
    ///
    /// Left alone, the C library keeps in its heap what it once saw freed, up to 32 MiB a block:
    /// every checkpoint of many devices would leave holes there that nothing fills.
    /// - Returns: false where the C library does not know the setting.
    @discardableResult
    public static func returnWhenFreed() -> Bool {
        mallopt(M_MMAP_THRESHOLD, Int32(Limits.heapBlockBytesMax)) == 1
    }
}
