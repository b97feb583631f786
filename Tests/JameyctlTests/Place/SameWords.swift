import Core
import Foundation
import Glibc
import ProofTestSupport
import TestSupport
import Testing

@testable import jameyctl

/// Runs a command at a store's file and at a daemon that tells the same, and expects the same
/// words.
struct SameWords {
    /// Of the store.
    let path: String
    let socket: String
    /// Of the sockets.
    var directory: String { home.path }
    private let home: TestDirectory

    init(_ recording: Recording) throws {
        home = try TestDirectory("words")
        path = recording.path
        socket = home.path + "/api.sock"
    }

    /// - Parameters:
    ///   - answers: of the daemon, by the path with its query.
    ///   - code: that both exit with.
    func expect(
        _ arguments: [String], _ answers: [String: PlayedDaemon.Answer], code: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let daemon = try PlayedDaemon(socket) { asked in
            answers[asked.target]
                ?? .json(#"{"error":"\#(asked.target)","code":"NO_ANSWER"}"#, status: 500)
        }
        for more in [[], ["--json"]] {
            let file = try Command(arguments + more + ["--database", path]).wait()
            let asked = try Command(arguments + more + ["--socket", socket]).wait()
            #expect(file.code == code, "\(arguments): \(file)", sourceLocation: sourceLocation)
            #expect(
                asked.code == code && asked.output == file.output,
                "\(arguments): \(asked)\n\(file)", sourceLocation: sourceLocation)
        }
        _ = daemon
    }
}

extension PlayedDaemon.Answer {
    static func json(_ body: [UInt8]) -> PlayedDaemon.Answer {
        .json(String(decoding: body, as: UTF8.self))
    }

    /// A page of a list, as the daemon tells it.
    static func page(
        _ name: String, _ elements: [[UInt8]], total: Int? = nil, next: String? = nil
    ) -> PlayedDaemon.Answer {
        .json(
            JSONWriter.object { json in
                json.array(name) { list in for element in elements { list.raw(element) } }
                if let total { json.member("total", total) }
                json.member("next", ifPresent: next)
            })
    }
}
