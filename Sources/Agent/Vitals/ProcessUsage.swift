import Core
import Glibc

/// What the process takes of its machine.
struct ProcessUsage {
    struct Reading: Equatable {
        var residentBytes: Int
        /// Of one processor, since the reading before.
        var cpuShare: Double
    }

    private var lastCPU: Int64 = 0
    private var lastTime: MonotonicTime

    init(at now: MonotonicTime) { lastTime = now }

    mutating func read(at now: MonotonicTime) -> Reading {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let cpu = Self.microseconds(usage.ru_utime) + Self.microseconds(usage.ru_stime)
        let elapsed = max(1, (now - lastTime).microseconds)
        defer { (lastCPU, lastTime) = (cpu, now) }
        return Reading(
            residentBytes: Self.residentBytes(),
            cpuShare: (Double(cpu - lastCPU) / Double(elapsed) * 1_000).rounded() / 1_000)
    }

    private static func microseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_usec)
    }

    /// The second figure of `/proc/self/statm`, in pages; 0 where there is none.
    private static func residentBytes() -> Int {
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
}
