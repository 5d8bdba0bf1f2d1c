import ControlAPI
import Foundation
import Routing
import TestSupport
import Testing
import Topology

/// A folder with files that a registry is read from.
private struct RegistryFolder {
    let folder: TemporaryFolder

    init(_ files: [String: String]) throws {
        folder = try TemporaryFolder()
        for (name, text) in files {
            let url = URL(fileURLWithPath: "\(folder.path)/\(name)")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    func read(_ sources: RegistrySource...) throws -> [String: [String]] { try packages(RegistryReading(of: sources)) }

    func packages(_ reading: RegistryReading) -> [String: [String]] {
        let registry = reading.registry
        return Dictionary(
            uniqueKeysWithValues: registry.functions.map { function in
                (function.rawValue, (registry.packages(of: function) ?? []).map(registry.name(of:)))
            })
    }

    var source: RegistrySource { .functions(folder: folder.path) }

    /// What is said when the folder is read; it must be refused.
    func refusal() -> String {
        let error = #expect(throws: RoutingError.self) { try RegistryReading(of: [source]) }
        return error?.description ?? ""
    }
}

@Suite("The registry's files")
struct RegistryReadingTests {
    @Test func `a folder of functions is read, whichever way they name their packages`() throws {
        let folder = try RegistryFolder([
            "a/requirements.txt": "Numpy==1.0\npandas>=2\n", "a/f.py": "# ol-install: not-this-one\n",
            "b/f.py": "# ol-install: six, requests==2.0\nimport six\n", "c/lambda_func.py": "# ol-install: c1\r\n# ol-install: c2\r\n",
            "d/handler.py": "print(1)\n", "e/ol.yaml": "environment:\n  OL_ENTRY_FILE: main.py\n",
            "e/main.py": "# ol-install: e1\n", "e/f.py": "# ol-install: not-this-one\n", "g.py": "# ol-install: g1\n",
            "README.md": "not a function", ".git/config": "nor this", "empty/notes.txt": "nor this",
        ])
        #expect(
            try folder.read(folder.source) == [
                "a": ["numpy==1.0", "pandas"], "b": ["six", "requests==2.0"], "c": ["c1", "c2"], "d": [], "e": ["e1"],
                "g": ["g1"],
            ])
    }

    @Test func `what cannot be read is named with file and line`() throws {
        for (name, text, told) in [
            ("a/requirements.txt", "numpy==1.0\n\nnumpy 2.0\n", "/a/requirements.txt:3: \"numpy 2.0\" is no requirement"),
            ("a/requirements.txt", "a==1 \\\n  --hash=sha256:00\nb=1\n", "/a/requirements.txt:3: \"b=1\""),
            ("a/requirements.txt", "==1.0\n", "/a/requirements.txt:1: \"==1.0\""),
            ("a/f.py", "#!/usr/bin/python3\n# ol-install: a, b c\n", "/a/f.py:2: \"b c\""),
            ("a.py", "# ol-install: -r\n", "/a.py:1: \"-r\""),
            ("a/ol.yaml", "environment: {OL_ENTRY_FILE: gone.py}", "/a/ol.yaml: OL_ENTRY_FILE is"),
        ] {
            let refusal = try RegistryFolder([name: text]).refusal()
            #expect(refusal.contains(told), "\(refusal)")
        }
        #expect(try RegistryFolder(["a/f.py": "", "a.py": ""]).refusal().contains("allowed is one of them"))
        let gone = #expect(throws: RoutingError.self) { try RegistryReading(of: [.functions(folder: "/nowhere")]) }
        #expect(gone?.description.contains("/nowhere") == true)
    }

    @Test func `what is passed over is told with file and line`() throws {
        let folder = try RegistryFolder([
            "a/requirements.txt": "# comment\n--index-url https://example.org\n-r more.txt\nsix\ngit+https://example.org/x\n",
            "b/ol.yaml": "environment: &x {}\n", "b/f.py": "# ol-install: b1\n",
        ])
        let reading = try RegistryReading(of: [folder.source])
        #expect(folder.packages(reading) == ["a": ["six"], "b": ["b1"]])
        #expect(reading.remarks.count == 3, "\(reading.remarks)")
        #expect(reading.remarks[0].hasSuffix("/a/requirements.txt:3: what -r brings in is not read"))
        #expect(reading.remarks[1].contains("/a/requirements.txt:5: ") && reading.remarks[1].contains("no name of its own"))
        #expect(reading.remarks[2].contains("/b/ol.yaml"))
    }

    @Test func `of several registries the last one holds, and that is told`() throws {
        let folder = try RegistryFolder([
            "r.json": #"[{"handle":"a","pkgs":["old"]},{"handle":"x","pkgs":["x1"]},{"handle":"a","pkgs":["older"]}]"#,
            "functions/a/requirements.txt": "new",
        ])
        let json = RegistrySource.olscheduler(path: "\(folder.folder.path)/r.json")
        let functions = RegistrySource.functions(folder: "\(folder.folder.path)/functions")
        let reading = try RegistryReading(of: [json, functions])
        #expect(folder.packages(reading) == ["a": ["new"], "x": ["x1"]])
        #expect(reading.remarks.count == 2 && reading.remarks[0].contains("more than once"))
        #expect(reading.remarks[1].contains("function a stands in an earlier registry"))
        #expect(try folder.read(functions, json)["a"] == ["older"])
    }

    @Test func `a JSON file that cannot be used is named`() throws {
        let folder = try RegistryFolder(["r.json": #"[{"handle": "f"}]"#, "g.json": "[{"])
        for name in ["r.json", "g.json", "none.json"] {
            let path = "\(folder.folder.path)/\(name)"
            let error = #expect(throws: RoutingError.self) { try RegistryReading(of: [.olscheduler(path: path)]) }
            #expect(error?.description.contains(path) == true)
        }
    }
}
