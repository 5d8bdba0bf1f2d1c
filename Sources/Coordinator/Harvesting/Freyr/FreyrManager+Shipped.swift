public import Learning

extension FreyrManager {
    /// The policy that comes with the program; its seed, its input and the command that made it stand in it.
    ///
    /// - Throws: `LearningError` when the program was built with a file that is none.
    public static func shippedPolicy() throws(LearningError) -> TrainedPolicy {
        try TrainedPolicy(bytes: PackageResources.freyr_policy)
    }
}
