/// The class of a pod, which says how its node treats it when resources run short; a resize must not change it (the API
/// server refuses that with 422).
enum QualityClass: String {
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    case bestEffort = "BestEffort"

    /// The class of a pod whose containers have `resources` (Kubernetes: pkg/apis/core/v1/helper/qos).
    init(of resources: [Pod.Resources?]) {
        let kinds = ["cpu", "memory"]
        let amounts = resources.map { ($0?.requests ?? [:], $0?.limits ?? [:]) }
        func isSet(_ amount: Quantity?) -> Bool { amount.map { $0.nano > 0 } ?? false }
        if amounts.allSatisfy({ requests, limits in kinds.allSatisfy { !isSet(requests[$0]) && !isSet(limits[$0]) } }) {
            self = .bestEffort
        } else if amounts.allSatisfy({ requests, limits in
            kinds.allSatisfy { isSet(limits[$0]) && (requests[$0] ?? limits[$0]) == limits[$0] }
        }) {
            self = .guaranteed
        } else {
            self = .burstable
        }
    }
}
