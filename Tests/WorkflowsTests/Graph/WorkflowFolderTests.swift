import Foundation
import TestSupport
import Testing
import Topology

@testable import Workflows

@Suite("A folder of workflows")
struct WorkflowFolderTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "reeve-\(UUID().uuidString)")

    /// Reads a folder with these files.
    private func read(_ files: [String: String]) throws -> [WorkflowGraph] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        return try WorkflowFolder.read(path: folder.path)
    }

    private func workflow(_ name: String, _ steps: String = "{id: s, function: f}") -> String {
        "name: \(name)\nsteps: [\(steps)]"
    }

    @Test func `every description in it is read, and what is none is left alone`() throws {
        let graphs = try read(["b.yaml": workflow("one"), "a.yaml": workflow("two"), "notes.txt": "no workflow"])
        #expect(graphs.map(\.name.rawValue) == ["two", "one"])
    }

    @Test(arguments: [
        ([:], ["describes no workflow", ".yaml"]),
        (["notes.txt": "x"], ["describes no workflow"]),
        (["a.yaml": "name: w\nsteps: [{id: s, function: f}]", "b.yaml": "name: w\nsteps: [{id: s, function: f}]"],
            ["b.yaml", "a.yaml", "workflow w"]),
        (["a.yaml": "name: w\nsteps: [{id: s, function: f, after: [t]}, {id: t, function: f, after: [s]}]"],
            ["a.yaml", "workflow w", "circle", "s -> t -> s"]),
        (["a.yaml": "name: w\nstep: []"], ["a.yaml", "step"]),
    ] as [([String: String], [String])])
    func `what cannot be used is told with its file`(files: [String: String], parts: [String]) throws {
        let error = #expect(throws: WorkflowError.self) { try read(files) }
        for part in parts { #expect(error?.description.contains(part) == true, "\(part) in \(error as Any)") }
    }

    @Test func `a folder that is not there is named`() {
        let error = #expect(throws: WorkflowError.self) { try WorkflowFolder.read(path: "/nowhere/workflows") }
        #expect(error?.description.contains("/nowhere/workflows") == true)
    }

    @Test func `functions are told in the order in which they are named, each once`() throws {
        let steps = "{id: a, function: x}, {id: b, foreach: {steps: [{id: c, function: y}, {id: d, function: x}]}}"
        let graph = try WorkflowGraph(yaml: workflow("w", steps))
        #expect(graph.functionsInOrder == ["x", "y"].map { FunctionName($0) })
    }

    @Test(arguments: [
        ("{id: a, function: x}, {id: b, function: x}", 2),
        ("{id: a, foreach: {width: 5, steps: [{id: c, function: y}, {id: d, function: x}]}}, {id: b, function: x}", 11),
        ("{id: a, foreach: {width: 3, steps: [{id: b, foreach: {width: 4, steps: [{id: c, function: y}]}}]}}", 12),
        (
            "{id: a, foreach: {width: 1000, steps: [{id: b, foreach: {width: 1000, steps: [{id: c, function: y}]}}]}}",
            RunMachine.maximumCalls
        ),
    ])
    func `the widest fan-out counts all that can be open at once`(steps: String, widest: Int) throws {
        #expect(try WorkflowGraph(yaml: workflow("w", steps)).widestFanOut == widest)
    }
}
