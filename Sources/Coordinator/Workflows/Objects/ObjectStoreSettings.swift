public import HTTPClient
public import Settings

/// The section `objects` of a configuration: where functions leave for one another what is too large for a request.
public enum ObjectStoreSettings: Hashable, Sendable {
    /// A folder of this machine, or of a file system that functions share.
    case folder(path: String)
    /// A bucket of a store that speaks S3; nil for the credentials file takes the key from the environment.
    case s3(endpoint: String, bucket: String, region: String, credentialsPath: String?, authoritiesPath: String?)

    /// Reads `kind: folder` with `path`, or `kind: s3` with `endpoint`, `bucket`, `region`, `credentials` and
    /// `authorities`. Throws `SettingsError` for anything else.
    public init(_ section: SettingsSection) throws(SettingsError) {
        switch try section.choice("kind", of: ["folder", "s3"]) {
        case "s3":
            let endpoint = try section.string("endpoint")
            guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://"), !endpoint.hasSuffix("/") else {
                throw SettingsError(
                    "\(section.name(of: "endpoint")) is \"\(endpoint)\": allowed is an address such as "
                        + "http://minio.openfaas:9000, without a slash at the end")
            }
            let bucket = try section.string("bucket")
            guard Self.isBucket(bucket) else {
                throw SettingsError(
                    "\(section.name(of: "bucket")) is \"\(bucket)\": allowed are 3 to 63 of a-z, 0-9, . and -")
            }
            self = .s3(
                endpoint: endpoint, bucket: bucket, region: try section.string("region", default: "us-east-1"),
                credentialsPath: try section.optionalString("credentials"),
                authoritiesPath: try section.optionalString("authorities"))
        default:
            self = .folder(path: try section.string("path"))
        }
    }

    /// The store, reached by `transport`; `environment` is where a key is looked for that no file has. Throws
    /// `WorkflowError` when the folder cannot be made or there is no access key.
    public func open(
        transport: HTTPTransport, environment: [String: String]
    ) throws(WorkflowError) -> any ObjectStore {
        switch self {
        case .folder(let path): return try FolderStore(path: path)
        case .s3(let endpoint, let bucket, let region, let credentialsPath, let authoritiesPath):
            let key: AccessKey
            if let credentialsPath {
                key = try AccessKey(file: credentialsPath)
            } else {
                key = try AccessKey(environment: environment)
            }
            let tls = authoritiesPath.map { TLSSettings(trust: .authorities(.file($0))) } ?? TLSSettings()
            return S3Store(
                settings: .init(endpoint: endpoint, bucket: bucket, region: region, key: key, tls: tls),
                transport: transport)
        }
    }

    /// Whether `name` can be a bucket's (Amazon's rules, but for what follows from them about dots).
    private static func isBucket(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
            }
    }
}
