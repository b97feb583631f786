import Core

extension CheckpointEncoder {
    /// The one changed longest ago first.
    mutating func souls(_ souls: SoulTable) {
        count(souls.count)
        souls.forEachFromOldest { name, soul in
            text(name)
            self.soul(soul)
        }
    }

    mutating func soul(_ soul: Soul) {
        int(soul.pro)
        int(soul.contra)
        for emotion in Emotion.allCases { int(soul.judged[emotion]) }
        int(soul.age)
        time(soul.at)
        int(soul.changes)
    }
}

extension CheckpointDecoder {
    mutating func souls() throws(CheckpointError) -> SoulTable {
        var souls = SoulTable()
        let count = try count()
        guard count <= souls.countMax else { throw damaged }
        for _ in 0..<count {
            let name = try text()
            guard souls.find(name) == nil else { throw damaged }
            souls.set(name, try soul())
        }
        return souls
    }

    private mutating func soul() throws(CheckpointError) -> Soul {
        let (pro, contra) = (
            try int(in: 0...Limits.soulEvidenceMax), try int(in: 0...Limits.soulEvidenceMax)
        )
        var judged = EmotionWeights()
        for emotion in Emotion.allCases {
            judged[emotion] = try int(in: 0...Limits.soulVerdictsMax)
        }
        let age = try int(in: 0...Int64.max)
        var soul = Soul(at: try time())
        soul.changes = try int(in: 0...Int64.max)
        (soul.pro, soul.contra, soul.judged, soul.age) = (pro, contra, judged, age)
        return soul
    }

    private mutating func int(in range: ClosedRange<Int64>) throws(CheckpointError) -> Int64 {
        let value = try int()
        guard range.contains(value) else { throw damaged }
        return value
    }
}
