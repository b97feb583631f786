import Core

/// The lines of two texts side by side, as `diff -u` shows them.
struct LineDifference: Equatable {
    enum Kind: Character { case same = " ", removed = "-", added = "+" }

    struct Line: Equatable {
        var kind: Kind
        var text: String
    }

    /// Lines that differ, with up to three that do not before and after them.
    struct Hunk: Equatable {
        /// Counted from 1; the line before where there are none.
        var oldStart: Int
        var newStart: Int
        var lines: [Line]

        /// `@@ -12,7 +12,8 @@`
        var header: String {
            let (old, new) = (
                lines.count { $0.kind != .added }, lines.count { $0.kind != .removed }
            )
            return "@@ -\(oldStart),\(old) +\(newStart),\(new) @@"
        }
    }

    private static let context = 3

    let hunks: [Hunk]

    init(from old: String, to new: String) {
        hunks = Self.hunks(Self.lines(Self.split(old), Self.split(new)))
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Every line of both.
    private static func lines(_ old: [Substring], _ new: [Substring]) -> [Line] {
        let bound = min(old.count, new.count)
        var head = 0
        while head < bound, old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < bound - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        let middle = changed(
            Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
        return old[..<head].map { Line(kind: .same, text: String($0)) } + middle
            + old[(old.count - tail)...].map { Line(kind: .same, text: String($0)) }
    }

    private static func changed(_ old: [Substring], _ new: [Substring]) -> [Line] {
        guard max(old.count, new.count) <= Limits.diffLinesMax else {
            return old.map { Line(kind: .removed, text: String($0)) }
                + new.map { Line(kind: .added, text: String($0)) }
        }
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if removed.contains(before) {
                lines.append(Line(kind: .removed, text: String(old[before])))
                before += 1
            } else if added.contains(after) {
                lines.append(Line(kind: .added, text: String(new[after])))
                after += 1
            } else {
                lines.append(Line(kind: .same, text: String(old[before])))
                before += 1
                after += 1
            }
        }
        return lines
    }

    private static func hunks(_ lines: [Line]) -> [Hunk] {
        var hunks: [Hunk] = []
        let changes = lines.indices.filter { lines[$0].kind != .same }
        var (before, after, place) = (0, 0, 0)
        func step(to end: Int) {
            for line in lines[place..<end] {
                if line.kind != .added { before += 1 }
                if line.kind != .removed { after += 1 }
            }
            place = end
        }
        var next = 0
        while next < changes.count {
            let start = max(place, changes[next] - context)
            var end = min(lines.count, changes[next] + context + 1)
            while next < changes.count, changes[next] <= end + context {
                end = min(lines.count, changes[next] + context + 1)
                next += 1
            }
            step(to: start)
            let piece = Array(lines[start..<end])
            hunks.append(
                Hunk(
                    oldStart: before + (piece.contains { $0.kind != .added } ? 1 : 0),
                    newStart: after + (piece.contains { $0.kind != .removed } ? 1 : 0),
                    lines: piece))
            step(to: end)
        }
        return hunks
    }
}
