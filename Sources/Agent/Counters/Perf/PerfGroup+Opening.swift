extension PerfGroup {
    /// The groups of several CPUs.
    struct Opened {
        /// What could be opened, in the order asked for. A CPU of which nothing is wanted has no group.
        var groups: [PerfGroup] = []
        /// Why a CPU has no group.
        var refusals: [PerfRefusal] = []
        /// The least wanted events that were still asked for.
        var necessity = PerfNecessity.spare
    }

    /// Opens one group per CPU. When descriptors run out, all CPUs do without the least wanted events rather than the
    /// last CPUs without any: what a metric means must not depend on the CPU. Where even the needed events are too
    /// many, the CPUs that did open stay open.
    static func open(_ wanted: [(cpu: Int, requests: [PerfRequest])], door: any PerfDoor) -> Opened {
        var opened = open(wanted, door: door, upTo: .spare)
        for necessity in [PerfNecessity.welcome, .needed]
        where opened.refusals.contains(where: { $0.errno.meansNoDescriptors }) {
            for group in opened.groups { group.close() }
            opened = open(wanted, door: door, upTo: necessity)
        }
        return opened
    }

    private static func open(
        _ wanted: [(cpu: Int, requests: [PerfRequest])], door: any PerfDoor, upTo necessity: PerfNecessity
    ) -> Opened {
        var opened = Opened(necessity: necessity)
        for (cpu, requests) in wanted {
            let kept = requests.filter { $0.necessity <= necessity }
            guard !kept.isEmpty else { continue }
            do {
                opened.groups.append(try PerfGroup(kept, cpu: cpu, door: door))
            } catch {
                opened.refusals.append(error)
            }
        }
        return opened
    }
}
