import Foundation

/// A folder of workflows' descriptions, one in each file whose name ends in .yaml.
public enum WorkflowFolder {
    /// The workflows in the folder at `path`, in the order of their files' names; other files are left alone. Throws
    /// `WorkflowError` naming the file that cannot be read or used, or the two that describe the same workflow.
    public static func read(path: String) throws(WorkflowError) -> [WorkflowGraph] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") }.sorted()
        } catch {
            throw WorkflowError(
                .invalid, "the folder \(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard !names.isEmpty else {
            throw WorkflowError(.invalid, "the folder \(path) describes no workflow: it needs at least one .yaml file")
        }
        var graphs: [WorkflowGraph] = []
        for name in names {
            let graph = try read(file: "\(path)/\(name)")
            if let other = graphs.firstIndex(where: { $0.name == graph.name }) {
                throw WorkflowError(
                    .invalid,
                    "\(path)/\(name) and \(path)/\(names[other]) both describe workflow \(graph.name): each needs a "
                        + "name of its own")
            }
            graphs.append(graph)
        }
        return graphs
    }

    /// The workflow described in the file at `path`. Throws `WorkflowError` naming the file.
    public static func read(file path: String) throws(WorkflowError) -> WorkflowGraph {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw WorkflowError(.invalid, "\(path) cannot be read: \((error as NSError).localizedDescription)")
        }
        do throws(WorkflowError) {
            return try WorkflowGraph(yaml: text)
        } catch {
            throw WorkflowError(error.code, "\(path): \(error)")
        }
    }
}
