import Core
import Mind

/// Devices in some order. Their names stand last, so that none of them moves the numbers.
struct TopDeviceTable {
    private static let columnsOfNumbers = [7, 6, 5, 6]

    let devices: [TopDevice]
    let order: EntityOrder
    let time: Timestamp
    let columns: Int

    var rowsWanted: Int { max(1, devices.count) }

    /// A heading, and so many rows at most.
    func lines(rows: Int) -> [TopLine] {
        let heading = line(["MSG/MIN", "SEEN", "TRUST", "ALERTS"], "DEVICE, \(order.title)")
        var lines = [TopLine(heading, .heading)]
        if devices.isEmpty, rows > 0 { lines.append(TopLine(nothing, .faint)) }
        for device in devices.prefix(max(0, rows)) { lines.append(TopLine(row(device))) }
        return lines
    }

    private var nothing: String {
        switch order {
        case .loud: "nothing was recorded of any device within a minute"
        case .recent, .silent: "no device was heard yet"
        }
    }

    private func row(_ device: TopDevice) -> String {
        let numbers = [
            "\(device.messagesPerMinute)",
            device.lastSeen.map { TopText.age(time - $0) } ?? TopText.unknown,
            device.trust.map { SoulLine.number(min(max(0, $0), 1)) } ?? TopText.unknown,
            "\(device.alertsFiring)",
        ]
        return line(numbers, device.entity.printable)
    }

    private func line(_ numbers: [String], _ name: String) -> String {
        let cells = zip(numbers, Self.columnsOfNumbers).map { $0.atRight(of: $1) }
        return (cells + [name]).joined(separator: "  ")
    }
}
