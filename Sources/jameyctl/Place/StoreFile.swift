import Core
import Proof
import Store

/// The store as a file, in use or at rest.
struct StoreFile: Equatable {
    static let pathDefault = "/var/lib/jamey/jamey.db"

    let path: String
    /// Where no agent answers that would have been asked first; nil where the file was named.
    var silentSocket: String?

    func open() throws(Ending) -> StoreReader {
        do throws(ReadError) { return try StoreReader(path: path) } catch {
            throw explained(Ending(error))
        }
    }

    func history() throws(Ending) -> History {
        let reader = try open()
        do throws(HistoryError) { return try History(reader) } catch { throw Ending(error) }
    }

    /// Has something done: by the agent where it runs, else at the store.
    func carryOut(_ request: ControlRequest) throws(Ending) -> ControlAnswer {
        do throws(Ending) { return try Control(store: path).carryOut(request) } catch {
            throw explained(error)
        }
    }

    /// Has everything about an entity forgotten: by the agent where it runs, else at the store.
    func forget(_ entity: String) throws(Ending) -> EntityForgetting.Done {
        do throws(Ending) {
            return try EntityForgetting(store: path, entity: entity).carryOut()
        } catch { throw explained(error) }
    }

    /// Has a running agent do something with its rules.
    func carryOut(_ request: RulesRequest) throws(Ending) -> RulesAnswer {
        do throws(Ending) { return try Control(store: path).carryOut(request) } catch {
            throw explained(error)
        }
    }

    /// Where there is neither an agent nor a file, both are told.
    private func explained(_ ending: Ending) -> Ending {
        guard let silentSocket, let cause = ending.cause else { return ending }
        switch cause {
        case .noSuchFile, .permission:
            var both = ending
            both.text =
                "jameyctl: no agent answers at \(silentSocket), and \(cause); start the agent "
                + "(systemctl start jameyd), or name another place with --socket or --url, or a "
                + "store with --database"
            return both
        case .newerVersion, .olderVersion, .notADatabase, .corrupt, .busy, .io: return ending
        }
    }
}
