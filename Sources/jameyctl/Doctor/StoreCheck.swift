import Core
import Proof
import Store

/// Whether the store can be read, and is whole.
struct StoreCheck {
    private static let check = "store"
    private static let faultsShown = 10

    let path: String
    /// Reads all of it, which takes seconds for each GiB.
    let isDeep: Bool

    func findings() -> [Finding] {
        do throws(ReadError) {
            let reader = try StoreReader(path: path)
            guard isDeep else { return [.ok(Self.check, "\(path) can be read")] }
            return [try integrity(reader), try audit(reader)]
        } catch { return [finding(error)] }
    }

    private func integrity(_ reader: StoreReader) throws(ReadError) -> Finding {
        let faults = try reader.check()
        guard !faults.isEmpty else {
            return .ok(Self.check, "\(path) is whole: every page of it was read")
        }
        return .error(
            Self.check, "\(path) is damaged", do: "stop the agent, and restore a backup",
            details: Array(faults.prefix(Self.faultsShown)))
    }

    private func audit(_ reader: StoreReader) throws(ReadError) -> Finding {
        let verification = try reader.verifyAudit()
        guard verification.broken != nil else {
            return .ok("audit", "the chain is whole: \(verification.links) links")
        }
        return .error(
            "audit", "something that was decided was changed afterwards, or is gone",
            do: "jameyctl audit verify says what; docs/audit.md says what it means",
            details: verification.findings.prefix(Self.faultsShown).map(\.message))
    }

    private func finding(_ error: ReadError) -> Finding {
        switch error {
        case .noSuchFile:
            .warning(
                Self.check, "there is none at \(path) yet", do: "start the agent, which makes it")
        case .permission: .hidden(Self.check, "this account may not read \(path)")
        case .busy:
            .warning(Self.check, "another program locks \(path)", do: "run doctor again later")
        case .newerVersion, .olderVersion, .notADatabase, .io:
            .error(Self.check, "\(path): \(error)", do: "see docs/installation.md")
        case .corrupt:
            .error(Self.check, "\(error)", do: "stop the agent, and restore a backup")
        }
    }
}
