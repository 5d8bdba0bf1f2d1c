import Foundation
import HTTPClient
import Logging
import TestSupport
import Testing
import Topology

@testable import Workflows

/// The four versions of the video workflow with their real functions: OpenCV in processes behind a gateway, on a video
/// that ffmpeg made. `make test-examples` installs what that needs.
@Suite(.serialized, .enabled(if: ServedFunctions.video != nil, "REEVE_EXAMPLE_VIDEO names no video"))
struct VideoExampleTests {
    private struct Summary: Decodable {
        let text: String
        let frames, withFaces, smiling, objects: Int
    }

    @Test(arguments: [
        ("video", ["facedetector": 7, "faceanalyzer": 5, "mobilenet": 2]),
        ("video-2", ["facedetector": 7, "inference": 7]),
        ("video-3", ["biginference": 7]),
        ("video-4", ["monolith": 1]),
    ])
    func everyVersionSeesTheSame(version: String, calls: [String: Int]) async throws {
        let folder = try TemporaryFolder()
        let graph = try WorkflowGraph(
            yaml: try String(
                contentsOf: ServedFunctions.root.appending(path: "examples/workflows/\(version).yaml"), encoding: .utf8)
        )
        let report = try await run(graph, in: folder)
        guard case .ended(.completed(let output), let seconds) = report.state else {
            Issue.record("\(report.state)")
            return
        }
        let summary = try JSONDecoder().decode(Summary.self, from: Data(output))
        // A face is to be seen for six seconds of ten: at 0, 2, 4, 10 and 12 s, and not at 6 and 8 s.
        #expect((summary.frames, summary.withFaces) == (7, 5))
        #expect((1...5).contains(summary.smiling))
        let store = try FolderStore(path: "\(folder.path)/store")
        let text = try #require(try await store.get(try ObjectName(run: report.id, path: "result.txt")))
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[3].hasPrefix("\(report.id)/frames/0004.jpg at 6 s: nothing"))
        let attempts = Dictionary(grouping: report.spans, by: \.function.rawValue).mapValues(\.count)
        let cuts = version == "video-4" ? [:] : ["framer": 1]
        #expect(attempts == calls.merging(cuts.merging(["wrapper": 1, "outputer": 1]) { $1 }) { $1 })
        #expect(report.spans.allSatisfy { $0.failure == nil && ($0.functionSeconds ?? 0) > 0 })
        #expect(report.spans.openSeconds.values.allSatisfy { $0 > 0 && $0 <= seconds })
    }

    @Test func aVideoThatIsNotThereFailsTheRunWithTheFunctionsOwnWords() async throws {
        let graph = try WorkflowGraph(
            yaml: "name: w\nsteps: [{id: a, function: wrapper}, {id: b, after: [a], function: framer}]")
        let report = try await run(graph, in: try TemporaryFolder(), video: "videos/other.mp4")
        guard case .ended(.failed(let sentence), _) = report.state else {
            Issue.record("\(report.state)")
            return
        }
        #expect(sentence.contains("framer: the store has no video videos/other.mp4"))
    }

    private func run(
        _ graph: WorkflowGraph, in folder: TemporaryFolder, video: String = "videos/faces.mp4"
    ) async throws -> RunReport {
        let videos = "\(folder.path)/store/videos"
        try FileManager.default.createDirectory(atPath: videos, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(videos)/faces.mp4", withDestinationPath: try #require(ServedFunctions.video))
        let functions = try ServedFunctions(
            graph.functions.map(\.rawValue), store: "\(folder.path)/store", in: folder.path)
        let transport = HTTPTransport()
        let service = WorkflowService(
            gateway: OpenFaaSGateway(settings: .init(url: functions.gatewayURL), transport: transport),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        service.register(graph)
        return try await withRunning([{ try await transport.run() }, { try await service.run() }]) {
            let id = try await service.submit(
                RunSubmission(
                    workflow: graph.name, target: try LatencyTarget(seconds: 26),
                    input: Array(#"{"video": "\#(video)", "frames": 7, "interval": 2}"#.utf8)))
            return try await service.result(of: id)
        }
    }
}
