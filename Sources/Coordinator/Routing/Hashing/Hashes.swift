/// The hash functions that balancers are defined with.
public enum Hashes {
    /// FNV-1, 32 bit: multiply, then exclusive or (Fowler, Noll and Vo; offset basis and prime as they publish them).
    public static func fnv1(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 &* 16_777_619) ^ UInt32($1) }
    }

    /// FNV-1a, 32 bit: exclusive or, then multiply.
    public static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    /// FNV-1a, 64 bit, its bits then mixed as SplitMix64 does: FNV alone leaves keys that differ in their last byte
    /// only side by side, which a ring shows as gaps.
    public static func mixed64(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }

    /// CRC-32 as in Ethernet and zlib, reflected polynomial 0xEDB88320; what nginx' `hash` uses.
    public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crcTable[Int(($0 ^ UInt32($1)) & 0xff)] ^ ($0 >> 8) }
    }

    private static let crcTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
    }
}
