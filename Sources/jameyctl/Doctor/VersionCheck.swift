import Core
import Glibc
import Store

/// Which versions run here, and whether they go together.
struct VersionCheck {
    private static let check = "versions"

    /// As `jameyd --version` says it; nil where it is not installed, or says nothing.
    let installed: String?
    /// Of the daemon that runs; nil where none was heard.
    let running: String?
    let own = Version.number

    /// - Parameter daemon: the path of jameyd.
    static func installed(_ daemon: String?) -> String? {
        guard let daemon, let run = ProgramRun(daemon, ["--version"]), run.end == .exited(0) else {
            return nil
        }
        return run.lines.first?.split(separator: " ").last.map(String.init)
    }

    func findings() -> [Finding] {
        var found = [Finding.ok(Self.check, Self.list(installed, own).joined(separator: ", "))]
        if let installed, let running, installed != running {
            found.append(
                .warning(
                    Self.check, "jameyd \(running) runs, and \(installed) is installed",
                    do: "systemctl restart jameyd"))
        }
        if let other = running ?? installed, other != own {
            found.append(
                .warning(
                    Self.check, "jameyctl \(own) and jameyd \(other) are of two versions",
                    do: "install both of one version"))
        }
        return found
    }

    private static func list(_ installed: String?, _ own: String) -> [String] {
        [
            installed.map { "jameyd \($0)" } ?? "no jameyd", "jameyctl \(own)",
            "SQLite \(SQLiteVersion.text)", mosquitto.map { "libmosquitto \($0)" }, kernel,
        ].compactMap { $0 }
    }

    /// Of the library that jameyd loads at its start; nil where there is none.
    private static var mosquitto: String? {
        typealias Function =
            @convention(c) (
                UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?,
                UnsafeMutablePointer<Int32>?
            ) -> Int32
        guard let library = dlopen("libmosquitto.so.1", RTLD_NOW) else { return nil }
        defer { dlclose(library) }
        guard let symbol = dlsym(library, "mosquitto_lib_version") else { return nil }
        var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
        // mosquitto.h declares it so.
        _ = unsafeBitCast(symbol, to: Function.self)(&major, &minor, &revision)
        return "\(major).\(minor).\(revision)"
    }

    /// `Linux 6.1.0-18-amd64`
    private static var kernel: String? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        let release = withUnsafeBytes(of: name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return "Linux \(release)"
    }
}
