import Routing
import Settings

/// The workers of an olscheduler's configuration, whichever way they are written.
///
/// The thesis' version read pairs of address and weight; the one of today reads pairs for `random` alone and takes each
/// element for an address otherwise, while it still asks for an even number of them. Here a list whose every second
/// element is a whole number is one of pairs, and any other is one of addresses.
struct OlschedulerWorkers {
    /// The workers, each once.
    private(set) var list: [(url: String, weight: Int)] = []
    /// What is not taken as it stands, one sentence each.
    private(set) var warnings: [String] = []

    /// Reads `elements` for `balancer`. Throws `SettingsError` naming the element that is neither.
    init(_ elements: [String], balancer: OlschedulerFile.Balancer) throws(SettingsError) {
        let isPairs =
            !elements.isEmpty && elements.count.isMultiple(of: 2)
            && stride(from: 1, to: elements.count, by: 2).allSatisfy { Int(elements[$0]) != nil }
        if isPairs {
            for index in stride(from: 0, to: elements.count, by: 2) {
                try add(elements[index], weight: elements[index + 1])
            }
        } else {
            for element in elements { try add(element, weight: "1") }
        }
        judge(elements, isPairs: isPairs, balancer)
    }

    private mutating func add(_ text: String, weight: String) throws(SettingsError) {
        let address = try named("workers") { try WorkerAddress(text) }
        guard let weight = Int(weight), (0...WorkerSpecification.greatestWeight).contains(weight) else {
            throw SettingsError(
                "workers: \(text) has the weight \(weight): allowed is 0 to \(WorkerSpecification.greatestWeight)")
        }
        guard !list.contains(where: { $0.url == address.text }) else {
            warnings.append("workers: \(address) stands more than once, and only its first entry is taken")
            return
        }
        list.append((address.text, weight))
    }

    private mutating func judge(_ elements: [String], isPairs: Bool, _ balancer: OlschedulerFile.Balancer) {
        if elements.isEmpty {
            warnings.append("workers: there is none, and every request is refused until one is added")
        }
        if !elements.count.isMultiple(of: 2) {
            warnings.append(
                "workers: the olscheduler asks for an even number of elements, a left-over of pairs; here any number "
                    + "is good")
        }
        if isPairs, balancer != .random {
            warnings.append(
                "workers: today's olscheduler takes each element of the pairs for an address under "
                    + "\(balancer.rawValue), and every request then fails; they are read as address and weight, as its "
                    + "first version did")
        }
        if !isPairs, !elements.isEmpty, balancer == .random {
            warnings.append(
                "workers: the olscheduler's random asks for a weight behind each address; without one each has 1 here")
        }
        guard isPairs else { return }
        if balancer != .random, Set(list.map(\.weight)).count > 1 {
            warnings.append(
                "workers: the olscheduler heeds weights under random alone; here they count for every balancer, so set "
                    + "them to 1 where that is not meant")
        }
        if list.contains(where: { $0.weight == 0 }) {
            warnings.append(
                "workers: the olscheduler heeds a weight of 0 under random alone; here such a worker gets nothing from "
                    + "any balancer")
        }
    }
}
