import Foundation
import HTTPClient
import Kubernetes
import TestSupport
import Testing

extension ClusterTests {
    /// Who asks, by what the real server makes of it.
    @Suite("Who asks, on the real server", .serialized)
    struct AccessTests {
        private let cluster: TestCluster
        private let pod: PodFolder
        private let keys: KeyRing

        init() throws {
            cluster = try #require(TestCluster.current)
            pod = try PodFolder()
            keys = try KeyRing(cluster)
        }

        private func nodes(_ client: KubernetesClient) async -> KubernetesError? {
            await refusal { () throws(KubernetesError) in try await client.list(.nodes, as: Node.self) }
        }

        private func server() throws -> String { try Kubeconfig(paths: [cluster.kubeconfig]).access().server }

        /// What a pod on the cluster would find; it is handed in, for this is none.
        private func inPod() throws -> ClusterAccess {
            let server = try #require(URL(string: try server()))
            return try ClusterAccess.find(
                environment: [
                    "KUBERNETES_SERVICE_HOST": server.host() ?? "", "KUBERNETES_SERVICE_PORT": "\(server.port ?? 443)",
                ], serviceAccountFolder: pod.path)
        }

        @Test func `a pod finds its service account, and follows its files as the kubelet swaps them`() async throws {
            let token = try keys.issuedToken(of: "coordinator", in: "openfaas")
            try pod.swap(token: "no-token", authority: try keys.strangersAuthority(), namespace: "openfaas")
            let access = try inPod()
            #expect(access.namespace == "openfaas")
            try await withClient(access: access) { client in
                let stranger = await nodes(client)
                #expect(stranger?.code == .tls)
                #expect(stranger?.description.contains(access.server) == true)
                try pod.swap(token: "no-token", authority: keys.authority, namespace: "openfaas")
                let unknown = await nodes(client)
                #expect(unknown?.code == .unauthorized)
                #expect(unknown?.description.contains("a bearer token") == true, "\(unknown as Any)")
                #expect(unknown?.description.contains("no-token") == false)
                try pod.swap(token: token, authority: keys.authority, namespace: "openfaas")
                #expect(await nodes(client) == nil)
                let secrets = await refusal { () throws(KubernetesError) in
                    try await client.list(
                        ResourceKind(plural: "secrets"), ObjectSelection(namespace: "openfaas"), as: MetadataOnly.self)
                }
                #expect(secrets?.code == .forbidden)
                let who = "system:serviceaccount:openfaas:coordinator"
                #expect(secrets?.description.contains(who) == true)
            }
        }

        @Test func `a token that expires is replaced by the one that the kubelet has put there`() async throws {
            let fresh = try keys.issuedToken(of: "coordinator", in: "openfaas")
            // The server believes a token for a minute longer than it says, against clocks that differ.
            let brief = try keys.token(like: fresh, until: Date(timeIntervalSinceNow: -45))
            try pod.swap(token: brief, authority: keys.authority, namespace: "openfaas")
            let folder = try TemporaryFolder()
            let access = try inPod()
            let cluster = "{server: \"\(access.server)\", certificate-authority: \"\(keys.authority)\"}"
            try folder.write(
                """
                clusters: [{name: c, cluster: \(cluster)}]
                users: [{name: u, user: {token: "\(brief)"}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """, to: "config")
            try await withClient(access: access) { following in
                try await withClient(kubeconfig: "\(folder.path)/config") { fixed in
                    #expect(await nodes(following) == nil)
                    try pod.swap(token: fresh, authority: keys.authority, namespace: "openfaas")
                    // Every request is answered, before the token has expired and after.
                    var isExpired = false
                    try await eventually("the token has expired") {
                        isExpired = await nodes(fixed)?.code == .unauthorized
                        #expect(await nodes(following) == nil)
                        return isExpired
                    }
                    #expect(await nodes(following) == nil)
                }
            }
        }

        @Test func `an expired client certificate is named with the file that it is in`() async throws {
            let folder = try TemporaryFolder()
            try keys.issueCertificate(in: folder, days: -1)
            let cluster = "{server: \"\(try server())\", certificate-authority: \"\(keys.authority)\"}"
            try folder.write(
                """
                clusters: [{name: c, cluster: \(cluster)}]
                users: [{name: u, user: {client-certificate: c.crt, client-key: c.key}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """, to: "config")
            try await withClient(kubeconfig: "\(folder.path)/config") { client in
                let expired = await nodes(client)
                #expect(expired?.code == .unauthorized)
                #expect(expired?.description.contains("\(folder.path)/c.crt") == true, "\(expired as Any)")
            }
            try keys.issueCertificate(in: folder, days: 1)
            try await withClient(kubeconfig: "\(folder.path)/config") { client in
                #expect(await nodes(client) == nil)
            }
        }
    }
}
