import Cluster
import Settings
import Topology

extension SchedulingTopology {
    /// Throws `SettingsError` naming the first function that is not on the cluster as `snapshot` shows it.
    func checkFunctions(against snapshot: ClusterSnapshot) throws(SettingsError) {
        let present = Set(snapshot.replicas.keys).union(snapshot.assignment.keys)
        guard let missing = functions.first(where: { !present.contains($0) }) else { return }
        let known = present.sorted().map(\.rawValue).joined(separator: ", ")
        throw SettingsError(
            "placement is about function \(missing) of workflow \(workflow), which the cluster does not have: "
                + (known.isEmpty ? "it has no functions" : "its functions are \(known)"))
    }
}
