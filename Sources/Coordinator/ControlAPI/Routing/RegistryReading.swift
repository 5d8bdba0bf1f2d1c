import Foundation
public import Routing
import Topology

/// A registry as it was read from files, with what its readers had to say.
public struct RegistryReading: Sendable {
    /// What the files say.
    public private(set) var registry = PackageRegistry()
    /// What was passed over, and which entries were replaced by later ones; one sentence each, with file and line.
    public private(set) var remarks: [String] = []

    /// The largest registry or source that is read, in bytes: some thousand times what either has in use.
    static let greatestFile = 64 << 20

    /// Reads `sources` one after the other; a function that stands in several has the packages of the last. Throws
    /// `RoutingError` naming the file, and where there is one the line, that cannot be used.
    public init(of sources: [RegistrySource]) throws(RoutingError) {
        for source in sources {
            switch source {
            case .olscheduler(let path): try take(olscheduler: path)
            case .functions(let folder): try take(FunctionFolder(path: folder), from: folder)
            }
        }
    }

    private mutating func take(olscheduler path: String) throws(RoutingError) {
        let data = try Self.bytes(of: path)
        let read: (registry: PackageRegistry, repeated: [FunctionName])
        do throws(RoutingError) {
            read = try PackageRegistry.read(olschedulerJSON: data)
        } catch {
            throw RoutingError("\(path): \(error)")
        }
        remarks += read.repeated.map { "\(path): function \($0) stands there more than once: its last entry holds" }
        for function in read.registry.functions {
            let packages = (read.registry.packages(of: function) ?? []).map(read.registry.name(of:))
            enter(function, packages, from: path)
        }
    }

    private mutating func take(_ folder: FunctionFolder, from path: String) {
        remarks += folder.remarks
        for function in folder.functions { enter(function.name, function.packages, from: path) }
    }

    private mutating func enter(_ function: FunctionName, _ packages: [String], from path: String) {
        if registry.packages(of: function) != nil {
            remarks.append("\(path): function \(function) stands in an earlier registry, too: this one holds")
        }
        registry.enter(function, packages: packages)
    }

    /// The bytes of a file that is not too large. Throws `RoutingError` naming it.
    static func bytes(of path: String) throws(RoutingError) -> Data {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: greatestFile + 1) ?? Data()
        } catch {
            throw RoutingError("\(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard data.count <= greatestFile else {
            throw RoutingError("\(path) is too large: allowed is at most \(greatestFile >> 20) MiB")
        }
        return data
    }
}
