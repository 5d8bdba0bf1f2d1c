/// What a worker speaks: under which path it runs functions, and where it says that it is well.
public enum WorkerKind: String, Hashable, Sendable, CaseIterable {
    /// OpenLambda: `/run/<name>`, and `/status` for its health.
    case openLambda = "openlambda"
    /// OpenLambda as it was when the olscheduler was written: `/runLambda/<name>`, and `/status` for its health.
    case openLambda2018 = "openlambda-2018"
    /// OpenFaaS' gateway and watchdogs: `/function/<name>`, and `/healthz` for its health.
    case openFaaS = "openfaas"
    /// Anything else: it gets each path as the client wrote it, as from the olscheduler.
    case any

    /// What stands before the function's name in a worker's path; nil where that is what the client wrote.
    public var pathPrefix: String? {
        switch self {
        case .openLambda: "/run/"
        case .openLambda2018: "/runLambda/"
        case .openFaaS: "/function/"
        case .any: nil
        }
    }

    /// The path that answers 200 when the worker is well, unless the operator names another.
    public var healthPath: String {
        switch self {
        case .openLambda, .openLambda2018, .any: "/status"
        case .openFaaS: "/healthz"
        }
    }
}
