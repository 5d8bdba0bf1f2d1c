import Harvesting

/// Records and requests in whole cores and units of 64 MiB, as the published figures count.
enum Records {
    static func units(_ cpu: Int, _ memory: Int) -> Resources {
        Resources(millicores: cpu * 1_000, mebibytes: memory * 64)
    }

    static func request(_ function: Int, user: Resources, sequence: Int = 0, at arrival: Double = 0) -> InvocationRequest {
        InvocationRequest(
            function: FunctionIndex(function), user: user, sequence: sequence, arrivalSeconds: arrival)
    }

    static func finished(
        _ sequence: Int, function: Int = 0, user: Resources, allocated: Resources, peak: Resources,
        seconds: Double = 1, safeguarded: Bool = false, succeeded: Bool = true
    ) -> FinishedInvocation {
        FinishedInvocation(
            function: FunctionIndex(function), sequence: sequence, user: user, allocated: allocated, peakUse: peak,
            waitSeconds: 0, executionSeconds: seconds, completionSeconds: seconds, baselineSeconds: seconds,
            endSeconds: Double(sequence) + seconds, safeguarded: safeguarded, succeeded: succeeded)
    }

    static let load = ClusterLoad(unfinishedRequests: 1, free: Resources(millicores: 100_000, mebibytes: 100_000))
    static let fullLoad = ClusterLoad(unfinishedRequests: 1, free: .zero)
}
