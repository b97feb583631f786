import Core
import Foundation
import Testing

@testable import Mind

/// The recordings of SKAB's pump rig, played to the machine guard of the example library.
@Suite("The pump rig under the machine guard")
struct RigTests {
    /// nil where the recordings are not at hand.
    static let folder: String? = {
        let variables = ProcessInfo.processInfo.environment
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        let shared =
            [variables["JAMEY_SHARED"].map { URL(fileURLWithPath: $0) }].compactMap { $0 }
            + [root, current].map { $0.appendingPathComponent("../shared") }
        return shared.map { $0.appendingPathComponent("data/skab").path }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// When `flow-falling` was raised and resolved, in readings.
    struct Alerts: Equatable {
        var raised: [Int] = []
        var resolved: [Int] = []
        /// Readings that the rig's own log calls normal, before the first and behind the last
        /// that it calls a fault.
        var fault: ClosedRange<Int>?
    }

    private static func play(_ name: String) throws -> Alerts {
        let folder = try #require(folder)
        let rows = try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8)
            .split(whereSeparator: \.isNewline).map { $0.split(separator: ";") }
        let columns = rows[0].map(String.init)
        let flow = try #require(columns.firstIndex(of: "Volume Flow RateRMS"))
        let shaking = try #require(columns.firstIndex(of: "Accelerometer1RMS"))
        let anomaly = columns.firstIndex(of: "anomaly")
        var mind = try MindUnderTest(rules())
        var alerts = Alerts()
        for (reading, row) in rows.dropFirst().enumerated() {
            let payload =
                "{\"volume_flow_rate_rms\":\(row[flow]),\"accelerometer1_rms\":\(row[shaking])}"
            let outcome = mind.hear("rig/\(name)/telemetry", payload)
            #expect(outcome.ruleFailures == 0)
            for document in outcome.documents where document["rule"]?.string == "flow-falling" {
                if document["state"]?.string == "firing" {
                    alerts.raised.append(reading)
                } else {
                    alerts.resolved.append(reading)
                }
            }
            if let anomaly, Double(row[anomaly]) == 1 {
                alerts.fault = (alerts.fault?.lowerBound ?? reading)...reading
            }
        }
        return alerts
    }

    private static func rules() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return try String(
            contentsOfFile: "/\(root)/etc/jamey/rules.d.examples/10-machine-guard.yaml",
            encoding: .utf8)
    }

    @Test(
        "a closing valve is told of within two minutes, and told to be over",
        .enabled(if: folder != nil, "data/skab is not at hand"), arguments: 0...7)
    func valve(_ number: Int) throws {
        let alerts = try Self.play("valve1-\(number)")
        let fault = try #require(alerts.fault)
        print(
            "valve1-\(number): fault \(fault), raised \(alerts.raised), "
                + "resolved \(alerts.resolved)")
        let raised = try #require(alerts.raised.first { fault.contains($0) })
        #expect(raised - fault.lowerBound <= 120)
        #expect(alerts.resolved.contains { $0 > raised })
        // Raised and resolved take turns.
        #expect((0...1).contains(alerts.raised.count - alerts.resolved.count))
    }

    @Test(
        "nine thousand readings without a fault raise nothing",
        .enabled(if: folder != nil, "data/skab is not at hand"))
    func withoutFault() throws {
        let alerts = try Self.play("anomaly-free")
        #expect(alerts == Alerts())
    }
}
