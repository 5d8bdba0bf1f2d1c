import FoundationEssentials
import HTTPClient
public import Topology

extension OpenFaaSGateway {
    /// GET /healthz: throws `WorkflowError.unreachable` unless the gateway and its provider answer.
    public func checkHealth() async throws(WorkflowError) {
        let response = try await ask(.get, "/healthz")
        guard response.status == 200 else { throw refusal(response, of: "its health") }
    }

    /// GET /system/functions: the functions, or nil when the gateway does not say: with its Prometheus unreachable it
    /// answers 200 with nothing at all. Throws `WorkflowError` when it does not answer, or not with a list.
    public func functions() async throws(WorkflowError) -> [FunctionStatus]? {
        let response = try await ask(.get, "/system/functions\(query)")
        guard response.status == 200 else { throw refusal(response, of: "the list of functions") }
        guard !response.body.isEmpty else { return nil }
        guard let list = try? JSONDecoder().decode([StatusObject]?.self, from: Data(response.body)) else {
            throw WorkflowError(.refused, "the gateway at \(settings.url) answered with what is no list of functions")
        }
        return list.map(\.status)
    }

    /// GET /system/function/NAME, which comes from the provider's own watch and may be a moment old.
    public func status(of function: FunctionName) async throws(WorkflowError) -> FunctionStatus? {
        let response = try await ask(.get, "/system/function/\(function)\(query)")
        switch response.status {
        case 404: return nil
        case 200:
            guard let object = try? JSONDecoder().decode(StatusObject.self, from: Data(response.body)) else {
                throw WorkflowError(
                    .refused,
                    "the gateway at \(settings.url) answered with what is no description of function \(function)")
            }
            return object.status
        default: throw refusal(response, of: "function \(function)")
        }
    }

    /// POST /system/functions, or PUT when the function is there already. Returns when the gateway has taken it on;
    /// pods follow. Throws `WorkflowError.refused` when it has not: only 202 says so, for an update that the API server
    /// refused, or that lost against another writer, is answered by an empty 200.
    public func deploy(_ deployment: FunctionDeployment) async throws(WorkflowError) {
        let method: HTTPRequest.Method = try await status(of: deployment.function) == nil ? .post : .put
        let body = Array((try? JSONEncoder().encode(Object(deployment, namespace: settings.namespace))) ?? Data())
        let response = try await ask(method, "/system/functions", body: body)
        switch response.status {
        case 202: return
        case 200:
            throw WorkflowError(
                .refused,
                "function \(deployment.function) was not updated: the gateway answered 200, which says that "
                    + "Kubernetes refused the change or another writer was faster")
        default:
            throw WorkflowError(
                [502, 503].contains(response.status) ? .unreachable : .refused,
                "function \(deployment.function) was not deployed: the gateway at \(settings.url) answered "
                    + response.summary)
        }
    }

    private var query: String { settings.namespace.map { "?namespace=\($0)" } ?? "" }

    private func ask(_ method: HTTPRequest.Method, _ path: String, body: [UInt8]? = nil) async throws(WorkflowError)
        -> HTTPResponse
    {
        let request = HTTPRequest(
            method, url: settings.url + path, headers: body == nil ? [:] : ["Content-Type": "application/json"],
            credential: settings.credential, body: body,
            timeouts: HTTPRequest.Timeouts(totalMilliseconds: settings.timeoutMilliseconds), tls: settings.tls)
        do throws(HTTPError) {
            return try await transport.send(request)
        } catch {
            throw WorkflowError(.unreachable, "the gateway cannot be asked: \(error)")
        }
    }

    private func refusal(_ response: HTTPResponse, of subject: String) -> WorkflowError {
        switch response.status {
        case 401:
            WorkflowError(
                .refused, "the gateway at \(settings.url) does not accept the user name and password that it was given")
        case 500, 502, 503:
            WorkflowError(
                .unreachable,
                "the gateway at \(settings.url) could not tell \(subject): it answered \(response.summary)")
        default:
            WorkflowError(
                .refused, "the gateway at \(settings.url) did not tell \(subject): it answered \(response.summary)")
        }
    }

    /// What the gateway describes a function with. It leaves out numbers that are zero.
    private struct StatusObject: Decodable {
        let name: String
        let image: String?
        let replicas: Int?
        let availableReplicas: Int?

        var status: FunctionStatus {
            FunctionStatus(
                name: FunctionName(name), image: image ?? "", replicas: replicas ?? 0,
                availableReplicas: availableReplicas ?? 0)
        }
    }

    /// What the gateway is told of a function.
    private struct Object: Encodable {
        let service: String
        let image: String
        let namespace: String?
        let envVars: [String: String]
        let labels: [String: String]

        init(_ deployment: FunctionDeployment, namespace: String?) {
            service = deployment.function.rawValue
            image = deployment.image
            self.namespace = namespace
            envVars = deployment.environment
            labels = deployment.labels
        }
    }
}

/// A function to be deployed.
public struct FunctionDeployment: Hashable, Sendable {
    /// Its name.
    public let function: FunctionName
    /// Its container image.
    public let image: String
    /// Variables of its environment.
    public let environment: [String: String]
    /// Labels of its pods.
    public let labels: [String: String]

    /// A function as described. Without a label to the contrary the gateway's own scaling by alerts is switched off
    /// (com.openfaas.scale.factor 0), for it would work against placement.
    public init(
        function: FunctionName, image: String, environment: [String: String] = [:], labels: [String: String] = [:]
    ) {
        self.function = function
        self.image = image
        self.environment = environment
        self.labels = ["com.openfaas.scale.factor": "0"].merging(labels) { $1 }
    }
}
