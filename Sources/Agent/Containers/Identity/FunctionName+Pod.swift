public import Topology

extension FunctionName {
    /// The function that a pod of this name is a replica of: the Deployment's name in
    /// `<Deployment>-<pod template hash>-<suffix>`; nil when the name is not of that kind.
    ///
    /// The suffix has five of the 27 characters that Kubernetes draws names from (`k8s.io/apimachinery/pkg/util/rand`).
    /// The hash is the decimal text of a 32-bit number, each digit replaced by one of the ten characters bcdf456789
    /// (the same file, SafeEncodeString); fewer than six digits come once in 40 000 templates and would make other
    /// names look like it. A name of 63 characters may have been cut to make room for its suffix, so it tells nothing.
    public init?(pod name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard name.utf8.count < 63, parts.count >= 3, let suffix = parts.last, let hash = parts.dropLast().last,
            suffix.utf8.count == 5, suffix.allSatisfy(Self.suffixCharacters.contains),
            (6...10).contains(hash.utf8.count), hash.allSatisfy(Self.hashCharacters.contains)
        else { return nil }
        let deployment = parts.dropLast(2).joined(separator: "-")
        guard !deployment.isEmpty, deployment.utf8.first != UInt8(ascii: "-"), deployment.utf8.last != UInt8(ascii: "-")
        else { return nil }
        self.init(deployment)
    }

    private static let suffixCharacters = Set("bcdfghjklmnpqrstvwxz2456789")
    private static let hashCharacters = Set("bcdf456789")
}
