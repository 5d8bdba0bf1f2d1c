import Foundation
import Routing
import Settings
import Topology

/// A folder of functions' code, read for the packages that they need.
///
/// Each folder in it is the function of its name, and so is each file NAME.py. A function's requirements.txt says what
/// it needs; without one the `# ol-install:` comments at the head of its source do, which is where OpenLambda had it
/// before. The source is the file that `OL_ENTRY_FILE` in its ol.yaml names, or the first there is of f.py
/// (OpenLambda), lambda_func.py (Pipbench) and handler.py (OpenFaaS). A function whose files name nothing needs
/// nothing. Hidden files and whatever else lies there are left alone.
struct FunctionFolder {
    /// A function with its packages.
    struct Function: Hashable {
        let name: FunctionName
        var packages: [String]
    }

    /// The functions by name.
    private(set) var functions: [Function] = []
    /// What was passed over, one sentence each, with file and line.
    private(set) var remarks: [String] = []

    private var names: Set<String> = []
    private static let sources = ["f.py", "lambda_func.py", "handler.py"]

    /// Reads the folder at `path`. Throws `RoutingError` naming the file, and where there is one the line.
    init(path: String) throws(RoutingError) {
        for name in try Self.names(in: path) {
            let entry = "\(path)/\(name)"
            if Self.isFolder(entry) {
                try take(folder: entry, named: name)
            } else if name.hasSuffix(".py"), name.count > 3 {
                try take(String(name.dropLast(3)), Self.lines(entry, PackageHints.lines(ofSource:)), of: entry)
            }
        }
    }

    private mutating func take(folder: String, named name: String) throws(RoutingError) {
        let requirements = "\(folder)/requirements.txt"
        let source = try source(in: folder)
        if FileManager.default.fileExists(atPath: requirements) {
            try take(name, Self.lines(requirements, PackageHints.lines(ofRequirements:)), of: requirements)
        } else if let source {
            try take(name, Self.lines(source, PackageHints.lines(ofSource:)), of: source)
        }
    }

    private mutating func take(_ name: String, _ lines: [HintLine], of file: String) throws(RoutingError) {
        guard names.insert(name).inserted else {
            throw RoutingError("\(file): there is a folder and a file of function \(name): allowed is one of them")
        }
        var packages: [String] = []
        for line in lines {
            switch line.reading {
            case .packages(let names): packages += names
            case .passedOver(let why): remarks.append("\(file):\(line.number): \(why)")
            case .malformed(let why): throw RoutingError("\(file):\(line.number): \(why)")
            }
        }
        functions.append(Function(name: FunctionName(name), packages: packages))
    }

    /// The file that a function's code begins in; nil when there is none.
    private mutating func source(in folder: String) throws(RoutingError) -> String? {
        if let named = try entryFile(in: folder) {
            guard FileManager.default.fileExists(atPath: named) else {
                throw RoutingError("\(folder)/ol.yaml: OL_ENTRY_FILE is \(named), which is not there")
            }
            return named
        }
        return Self.sources.map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    private mutating func entryFile(in folder: String) throws(RoutingError) -> String? {
        let path = "\(folder)/ol.yaml"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try Self.text(of: path)
        do throws(SettingsError) {
            return try YAMLNode.parse(text)?["environment"]?["OL_ENTRY_FILE"]?.text.map { "\(folder)/\($0)" }
        } catch {
            // OpenLambda takes more of YAML than is read here, and the usual names nearly always hold.
            remarks.append("\(path): its OL_ENTRY_FILE is not read: \(error)")
            return nil
        }
    }

    private static func lines(
        _ path: String, _ read: (String) -> [HintLine]
    ) throws(RoutingError) -> [HintLine] {
        read(try text(of: path))
    }

    private static func text(of path: String) throws(RoutingError) -> String {
        let bytes = try RegistryReading.bytes(of: path)
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw RoutingError("\(path) is no text: allowed is UTF-8")
        }
        return text
    }

    private static func names(in path: String) throws(RoutingError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw RoutingError("the folder \(path) cannot be read: \((error as NSError).localizedDescription)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
