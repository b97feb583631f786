import Core
import Glibc

/// Another program, run to its end.
struct ProgramRun {
    enum End: Equatable {
        case exited(Int32)
        case killed
        /// It took longer than it may, and was ended.
        case late
    }

    let end: End
    /// What it has said on standard output and standard error; of more the beginning.
    let output: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Where a program is: beside this one, or in `PATH`; nil: nowhere.
    static func path(of name: String) -> String? {
        var folders = (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")
            .split(separator: ":").map(String.init)
        if let own = ownFolder { folders.insert(own, at: 0) }
        return folders.lazy.map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
    }

    private static var ownFolder: String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let path = String(
            decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    /// Runs a program with nothing on its standard input.
    /// - Parameter environment: beside `PATH` and where libraries are.
    /// - Returns: nil where it cannot be started.
    init?(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        within patience: Duration = Limits.programTimeMax
    ) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process = Self.spawn([program] + arguments, environment, output: ends[1])
        close(ends[1])
        guard let process else { return nil }
        let (bytes, isLate) = Self.read(
            ends[0], until: SystemTime().monotonic() + patience)
        if isLate { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        output = String(decoding: bytes, as: UTF8.self)
        end = isLate ? .late : status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], output: Int32
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        var variables = environment
        for name in ["PATH", "LD_LIBRARY_PATH", "TZ"] {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        var settings: [UnsafeMutablePointer<CChar>?] = variables.map { name, value in
            strdup("\(name)=\(value)")
        }
        defer { for pointer in arguments + settings { free(pointer) } }
        arguments.append(nil)
        settings.append(nil)
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &actions, nil, arguments, settings)
        return code == 0 ? process : nil
    }

    /// To the end of what it says, or of its time.
    private static func read(
        _ descriptor: Int32, until deadline: MonotonicTime
    ) -> (bytes: [UInt8], isLate: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let left = deadline - SystemTime().monotonic()
            guard left > .zero else { return (bytes, true) }
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, Int32(clamping: left.microseconds / 1_000 + 1)) > 0 else {
                continue
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (bytes, false) }
            bytes += buffer[..<count].prefix(Limits.programOutputBytesMax - bytes.count)
        }
    }
}
