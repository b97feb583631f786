import Agent
import Glibc
import Store

/// Ends the process at a place that a crash test names: `JAMEY_FAILPOINT=afterCommit:17` is the
/// 17th time the place is passed. Unset, which is always outside of tests, it costs nothing.
enum Failpoints {
    static var store: ((Failpoint) -> Void)? {
        guard let (name, count) = setting, let place = Failpoint(rawValue: name) else { return nil }
        var left = count
        return { passed in
            if passed == place { Self.pass(&left) }
        }
    }

    static var agent: ((AgentFailpoint) -> Void)? {
        guard let (name, count) = setting, let place = AgentFailpoint(rawValue: name) else {
            return nil
        }
        var left = count
        return { passed in
            if passed == place { Self.pass(&left) }
        }
    }

    /// `JAMEY_CHECKPOINT_EVENTS=200`: checkpoints often enough to be interrupted.
    static var eventsPerCheckpoint: Int? {
        getenv("JAMEY_CHECKPOINT_EVENTS").flatMap { Int(String(cString: $0)) }
    }

    private static var setting: (name: String, count: Int)? {
        guard let value = getenv("JAMEY_FAILPOINT").map({ String(cString: $0) }) else {
            return nil
        }
        let parts = value.split(separator: ":")
        guard let name = parts.first else { return nil }
        return (String(name), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }

    /// As abrupt as `kill -9` from outside.
    private static func pass(_ left: inout Int) {
        left -= 1
        if left == 0 { kill(getpid(), SIGKILL) }
    }
}
