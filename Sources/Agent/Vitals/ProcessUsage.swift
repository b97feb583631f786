import Core
import Glibc

/// What the process takes of its machine.
struct ProcessUsage {
    struct Reading: Equatable {
        var residentBytes: Int
        /// Of one processor, since the reading before.
        var cpuShare: Double
    }

    /// As it was read last.
    private(set) var cpuShare = 0.0
    private var lastCPU: Int64 = 0
    private var lastTime: MonotonicTime

    init(at now: MonotonicTime) { lastTime = now }

    mutating func read(at now: MonotonicTime) -> Reading {
        let cpu = Self.cpuMicroseconds()
        let elapsed = max(1, (now - lastTime).microseconds)
        cpuShare = (Double(cpu - lastCPU) / Double(elapsed) * 1_000).rounded() / 1_000
        (lastCPU, lastTime) = (cpu, now)
        return Reading(residentBytes: Self.residentBytes(), cpuShare: cpuShare)
    }

    /// Processor time since the process began.
    static func cpuMicroseconds() -> Int64 {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
    }

    private static func microseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_usec)
    }

    /// The second figure of `/proc/self/statm`, in pages; 0 where there is none.
    static func residentBytes() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// nil where there is no `/proc`.
    static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        // `.`, `..` and the descriptor by which this looks are none of the process's own.
        var count = -3
        while readdir(directory) != nil { count += 1 }
        return max(0, count)
    }
}
