/// Exponential forgetting in whole numbers: the same bits on every machine, which the C library's
/// `exp2` does not promise.
///
/// Time is counted in half-lives, in units of 2⁻³².
public enum Decay {
    /// One half-life.
    public static let halfLife: Int64 = 1 << 32

    /// More half-lives at once count as these: nothing is left long before.
    static let halfLivesMax: Int64 = 256 << 32

    /// 2^(−2^−i) for i = 1...32, in units of 2⁻⁶⁴, rounded down.
    static let roots: [UInt64] = [
        0xB504_F333_F9DE_6484, 0xD744_FCCA_D69D_6AF4, 0xEAC0_C6E7_DD24_392E,
        0xF525_7D15_2486_CC2C, 0xFA83_B2DB_722A_033A, 0xFD3E_0C0C_F486_C174,
        0xFE9E_115C_7B8F_884B, 0xFF4E_CB59_511E_C8A5, 0xFFA7_5652_1C8D_AED1,
        0xFFD3_A751_C0F7_E10B, 0xFFE9_D2B2_F7DB_2755, 0xFFF4_E91B_FF1B_8C3D,
        0xFFFA_747E_A004_0664, 0xFFFD_3A3B_7814_EB53, 0xFFFE_9D1C_C60D_DAB1,
        0xFFFF_4E8E_2587_9BFA, 0xFFFF_A747_0363_F451, 0xFFFF_D3A3_7DDA_0313,
        0xFFFF_E9D1_BDF7_03AE, 0xFFFF_F4E8_DEBE_025E, 0xFFFF_FA74_6F4F_A150,
        0xFFFF_FD3A_37A3_F8B0, 0xFFFF_FE9D_1BD1_065A, 0xFFFF_FF4E_8DE8_45AD,
        0xFFFF_FFA7_46F4_1376, 0xFFFF_FFD3_A37A_05E3, 0xFFFF_FFE9_D1BD_01FB,
        0xFFFF_FFF4_E8DE_80C0, 0xFFFF_FFFA_746F_4050, 0xFFFF_FFFD_3A37_A024,
        0xFFFF_FFFE_9D1B_D011, 0xFFFF_FFFF_4E8D_E808,
    ]

    /// 2^−x of the fraction of x, in units of 2⁻⁶³: from above a half to one.
    private static func factor(_ halfLives: Int64) -> UInt64 {
        var factor: UInt64 = 1 << 63
        var bits = UInt32(truncatingIfNeeded: halfLives)
        while bits != 0 {
            let place = bits.leadingZeroBitCount
            factor = factor.multipliedFullWidth(by: roots[place]).high
            bits &= ~(0x8000_0000 >> UInt32(place))
        }
        return factor
    }

    /// What is left of an amount, rounded down, so that in the end nothing is.
    /// - Parameters:
    ///   - amount: 0...
    ///   - halfLives: 0..., in units of 2⁻³²
    public static func left(of amount: Int64, after halfLives: Int64) -> Int64 {
        precondition(amount >= 0 && halfLives >= 0)
        guard halfLives > 0 else { return amount }
        let whole = halfLives >> 32
        guard whole < 63 else { return 0 }
        let product = UInt64(amount).multipliedFullWidth(by: factor(halfLives))
        let scaled = (product.high << 1) | (product.low >> 63)
        return Int64(scaled >> UInt64(whole))
    }

    /// What is left of one, from 0 to 1.
    public static func share(after halfLives: Int64) -> Double {
        Double(left(of: 1 << 62, after: max(0, halfLives))) / 0x1p62
    }

    /// How many half-lives a time is, in units of 2⁻³².
    /// - Parameter millionths: By how much the half-life is longer: 2,000,000 is twice as long.
    static func halfLives(
        in elapsed: Duration, of halfLife: Duration, stretched millionths: Int64
    ) -> Int64 {
        let (time, half) = (elapsed.microseconds, max(1, halfLife.microseconds))
        guard time > 0 else { return 0 }
        let count =
            (UInt128(time) << 32) * 1_000_000 / (UInt128(half) * UInt128(max(1, millionths)))
        return Int64(min(count, UInt128(halfLivesMax)))
    }
}
