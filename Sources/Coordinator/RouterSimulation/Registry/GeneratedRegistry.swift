import Foundation
import Measures
public import Routing
import Topology

/// A registry with the shape of the thesis' one, which has no licence that would let it be handed on.
///
/// What was counted in the original: 100 functions, 180 packages, 12 of them in at least 93 functions; packages per
/// function from 13 to 113 with quartiles 15, 16.5, 22 and a mean of 25.4; 34 packages in one function and 33 in two;
/// eight packages that are some function's largest, for 43, 14, 14, 12, 12, 2, 2 and 1 functions.
public enum GeneratedRegistry {
    static let functions = 100
    /// In every function.
    static let commonPackages = 13
    /// In some functions.
    static let otherPackages = 167
    /// How many other packages a function has: log-normal with this median and deviation of the logarithm, at most 100;
    /// that gives the quartiles and the longest list that were counted.
    static let medianOthers = 3.5, spreadOthers = 1.6, mostOthers = 100
    /// The other package of rank r is drawn with a probability proportional to r to the power of minus this (Pipbench's
    /// `zipf`).
    static let popularityExponent = 1.4
    /// How many functions each package that is larger than every common one is the largest of, in the order of their
    /// sizes.
    static let largestOf = [14, 14, 12, 12, 2, 2, 1]

    /// The registry that belongs to `seed`.
    public static func registry(seed: UInt64) -> PackageRegistry {
        var random = SeededRandom(seed: seed, stream: "registry")
        let lists = (0..<functions).map { _ in others(&random) }
        let order = sizeOrder(lists, &random)
        let names = names(&random)
        var registry = PackageRegistry()
        for (index, list) in lists.enumerated() {
            let packages = (list + Array(otherPackages..<otherPackages + commonPackages)).sorted {
                order[$0] < order[$1]
            }
            registry.enter(FunctionName("hdl\(index)_0"), packages: packages.map { names[$0] })
        }
        return registry
    }

    /// The other packages of one function, by rank.
    private static func others(_ random: inout SeededRandom) -> [Int] {
        let count = min(Int((medianOthers * exp(spreadOthers * random.normal())).rounded()), mostOthers)
        var weights = (1...otherPackages).map { pow(Double($0), -popularityExponent) }
        return (0..<count).map { _ in
            var rest = random.uniform() * weights.reduce(0, +)
            let drawn = weights.firstIndex { weight in
                rest -= weight
                return rest < 0 && weight > 0
            }
            // Rounding may leave a crumb beyond the last weight.
            let package = drawn ?? weights.lastIndex { $0 > 0 } ?? 0
            weights[package] = 0
            return package
        }
    }

    /// The place of each package when all are sorted by size, the largest first: the large ones, the largest common
    /// one, then all others in random order. A large one is the package that comes nearest to being the largest of as
    /// many functions as the original's was.
    private static func sizeOrder(_ lists: [[Int]], _ random: inout SeededRandom) -> [Int] {
        var large: [Int] = []
        for wanted in largestOf {
            var uses = Array(repeating: 0, count: otherPackages)
            for list in lists where !list.contains(where: large.contains) {
                for package in list { uses[package] += 1 }
            }
            let nearest = uses.indices.filter { uses[$0] > 0 }.min {
                (abs(uses[$0] - wanted), $0) < (abs(uses[$1] - wanted), $1)
            }
            if let nearest { large.append(nearest) }
        }
        let largestCommon = otherPackages
        let rest = (0..<otherPackages + commonPackages).filter { !large.contains($0) && $0 != largestCommon }
        let sorted = large + [largestCommon] + rest.shuffled(using: &random)
        var order = Array(repeating: 0, count: sorted.count)
        for (place, package) in sorted.enumerated() { order[package] = place }
        return order
    }

    /// Names as Pipbench gives them, which also decide the order of installation. Common packages are of the lower
    /// levels, as they are in the original, because what everything needs needs little itself.
    private static func names(_ random: inout SeededRandom) -> [String] {
        let numbers = (0..<3_300).shuffled(using: &random)
        return (0..<otherPackages + commonPackages).map { package in
            let isCommon = package >= otherPackages
            let level = isCommon ? random.index(below: 3) : min(Int(-3 * log(1 - random.uniform())), 12)
            return "level\(level)pkg\(numbers[package])"
        }
    }
}
