/// The names under which reeve leaves its traces on what it manages; nothing else of an object's metadata is ever its.
public enum ManagedNames {
    /// The label on every Deployment that reeve has changed and not released; its value is "true".
    public static let managedLabel = "reeve.dev/managed"
    /// The annotation on the same Deployments that keeps what was found there (`FoundState`).
    public static let foundAnnotation = "reeve.dev/found"
    /// The label on the pods of a placed function. Its value is the generation of the Deployment that placed them, so
    /// that pods of one placement are told from those of every other, and going back to an earlier placement makes new
    /// pods.
    public static let placementLabel = "reeve.dev/placement"
    /// The label on every pod whose containers reeve has given other limits and not put back; its value is "true".
    public static let resizedLabel = "reeve.dev/resized"
    /// The annotation on the same pods that keeps what was found there (`ResizeNote`).
    public static let foundLimitsAnnotation = "reeve.dev/found-limits"
}
