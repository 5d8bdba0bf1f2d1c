internal import Harvesting

extension Workload {
    /// How it came about, for those who read what came out of it: what was left out of the trace, how fast it is
    /// replayed, and by which rule everything was drawn that it does not tell.
    public var facts: [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = [
            ("Calls", "\(calls) of \(recordedCalls) recorded, of \(functions.count) functions"),
            ("Left out", thinning),
            ("Seed", "\(parameters.seed)"),
        ]
        if let slotSeconds {
            facts.append(
                (
                    "Pace",
                    "a slot of the trace lasts \(Self.text(slotSeconds)) s; it is replayed"
                        + " \(Self.text(speedup)) times as fast"
                ))
        }
        return facts + [
            ("Arrivals", arrivals),
            ("Durations and memory", demands),
            ("Cores of a call", cores),
            ("User's amounts", users),
            ("Slowdown and cold start", slowdown),
        ]
    }

    private var thinning: String {
        var rules: [String] = []
        if case .slots = source {
            if let bound = parameters.callsPerFunctionAndSlot {
                rules.append("calls of a function above \(bound) in a slot")
            }
            if let bound = parameters.runningPerFunction {
                rules.append(
                    "at random as many calls of a function as leave at most \(bound) of them running at once, on"
                        + " average and at the pace of the trace")
            }
        }
        if parameters.keptShare < 1 {
            rules.append("each call with probability \(Self.text(1 - parameters.keptShare))")
        }
        return rules.isEmpty ? "nothing" : rules.joined(separator: "; ")
    }

    private var arrivals: String {
        switch source {
        case .slots: "uniform within a slot, which is as fine as the trace counts"
        case .times: "as recorded"
        case .synthetic: "made up, with exponential gaps"
        }
    }

    private var demands: String {
        switch source {
        case .slots, .synthetic:
            "drawn for each call, log-normal through the published 25th, 75th and 99th percentile in two pieces"
                + " that meet at the 75th, and clamped to the published range"
        case .times: "durations as recorded; memory drawn as it is published for other functions"
        }
    }

    private var cores: String {
        "published nowhere; a function's median call can use \(parameters.medianCores.lowerBound) to"
            + " \(parameters.medianCores.upperBound) cores, uniform in the logarithm; a call's cores grow with its"
            + " duration, by the median one, to the power \(parameters.cpuExponent)"
            + (parameters.cpuSpread > 0 ? ", and spread by \(parameters.cpuSpread) in the logarithm" : "")
    }

    private var users: String {
        let range = "\(parameters.allocationFactor.lowerBound) to \(parameters.allocationFactor.upperBound)"
        let most = parameters.grid.maximum
        let cpu =
            switch parameters.userCPU {
            case .ofNeed: "CPU likewise"
            case .ofMemory: "CPU in proportion to it, \(most.millicores / 1_000) cores with \(most.mebibytes) MiB"
            }
        let least = FunctionModel.leastUse
        return "memory is the function's median need times \(range), uniform; \(cpu); at least \(least.millicores)"
            + " millicores and \(least.mebibytes) MiB, at most \(most.millicores) and \(most.mebibytes)"
    }

    private var slowdown: String {
        "each function has those of one of Freyr's ten applications, drawn at random: how many times longer the least"
            + " resources take, and the cold start as a share of a run"
    }

    private static func text(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
}

extension ClusterParameters {
    /// What it is, for those who read what came out of it.
    public var facts: [(name: String, value: String)] {
        [
            (
                "Servers",
                "\(servers) of \(serverCapacity.millicores) millicores and \(serverCapacity.mebibytes) MiB; what"
                    + " nobody has reserved is \(lendsUnreserved ? "lent, too" : "not lent")"
            ),
            (
                "Waiting",
                "lines at servers; those who fit are started, the one that has waited longest first, and nobody is"
                    + " passed by more than \(mostPassed) later calls"
            ),
            ("Warm instances", "for \((keepAliveSeconds * 10).rounded() / 10) s after their last call"),
            (
                "Return on demand",
                "at the end of a window of \(windowSeconds) s in which use reaches \(nearShare) of what is left"
            ),
            (
                "More in flight",
                "where the manager allows it, twice as much as far as it lies idle, when use reaches \(nearShare) of"
                    + " what is there; looked at after 1, 2, 4, 8 windows and so on, and from then on every"
                    + " \(mostWindowsBetweenLooks); what is borrowed and not used is given back"
            ),
            (
                "Placement",
                "home by hash, then steps; \(placesAllByWish ? "all calls" : "where the manager asks for it, calls") go"
                    + " first where what is wanted lies idle"
            ),
        ]
    }
}
