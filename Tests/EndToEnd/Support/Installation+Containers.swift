import Foundation
import Simulation

extension Installation {
    /// Starts the agent of w01, whose counters are `tree`'s and which watches the containers of this machine's own control
    /// groups below `cgroupParent`.
    func startContainerAgent(on tree: VirtualTree, cgroupParent: String, leases: Bool) throws -> Program {
        let yaml = """
            node: w01
            coordinator: tcp://127.0.0.1:\(port)
            coordinatorKey: \(path("coordinator.pub").path)
            key: \(path("w01.key").path)
            interval: 20ms
            source: msr
            msrRoot: \(tree.msrRoot)
            sysfsRoot: \(tree.sysfsRoot)
            procRoot: \(tree.procRoot)
            containers:
              cgroupParent: \(cgroupParent)
              logRoot: \(folder.path)
              leases: \(leases)
              leaseRecord: \(path("leases").path)
            """
        try yaml.write(to: path("agent.yaml"), atomically: true, encoding: .utf8)
        return try Program("reeve-agent", ["run", "--config", path("agent.yaml").path])
    }
}
