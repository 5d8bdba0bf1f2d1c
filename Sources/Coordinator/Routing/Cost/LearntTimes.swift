import Topology

/// How long installing each package and running each function takes, learnt from whole requests.
struct LearntTimes: Sendable {
    private let settings: CostSettings
    private var installs: [Double?] = []
    private var installSum = 0.0
    private var installCount = 0
    private var services: [FunctionName: Double] = [:]
    private var serviceMean: Double?

    /// No package is cheaper, in milliseconds.
    private static let leastInstall = 1.0

    init(_ settings: CostSettings) {
        self.settings = settings
    }

    /// Installing `package` alone on a machine, in milliseconds. A package that has never been seen costs the mean of
    /// those that have.
    func install(_ package: PackageID) -> Double {
        if package.rawValue < installs.count, let known = installs[package.rawValue] { return known }
        return installCount > 0 ? installSum / Double(installCount) : settings.installMilliseconds
    }

    /// A warm request of `function` alone on a machine, in milliseconds. A function that has never been seen warm takes
    /// the mean of those that have.
    func service(_ function: FunctionName) -> Double {
        services[function] ?? serviceMean ?? settings.serviceMilliseconds
    }

    /// A warm request took `milliseconds`, cleared of contention.
    mutating func learnService(_ function: FunctionName, milliseconds: Double) {
        services[function] = services[function].map { $0 + settings.learningRate * (milliseconds - $0) } ?? milliseconds
        serviceMean = serviceMean.map { $0 + settings.learningRate * (milliseconds - $0) } ?? milliseconds
    }

    /// A request that installed all of `packages`, one after the other, and waited for no one took `milliseconds`,
    /// cleared of contention. What was not expected is spread over them evenly: the normalised least mean squares rule
    /// (Widrow and Hoff 1960), whose step is the rate.
    mutating func learnInstalls(_ packages: [PackageID], of function: FunctionName, milliseconds: Double) {
        guard !packages.isEmpty else { return }
        let expected = packages.reduce(service(function)) { $0 + install($1) }
        let share = settings.learningRate * (milliseconds - expected) / Double(packages.count)
        let before = packages.map(install)
        for (package, cost) in zip(packages, before) { set(package, max(cost + share, Self.leastInstall)) }
    }

    private mutating func set(_ package: PackageID, _ cost: Double) {
        if package.rawValue >= installs.count {
            installs += repeatElement(nil, count: package.rawValue + 1 - installs.count)
        }
        if let known = installs[package.rawValue] {
            installSum -= known
        } else {
            installCount += 1
        }
        installs[package.rawValue] = cost
        installSum += cost
    }
}
