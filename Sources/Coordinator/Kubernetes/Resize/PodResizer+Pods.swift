import Logging
import Measures

/// What is done to pods.
extension PodResizer {
    /// What became of a change.
    enum Change: Hashable {
        /// The container has what is wanted.
        case done
        /// The pod is gone, or is not ours to change any more.
        case gone
        /// It has not; why, in one sentence.
        case failed(String)
    }

    func read(_ key: ObjectKey) async -> Result<ResizablePod, KubernetesError> {
        do throws(KubernetesError) {
            return .success(try await client.get(.pods, named: key.name, in: key.namespace, as: ResizablePod.self))
        } catch {
            return .failure(error)
        }
    }

    /// Notes `text` on the pod, in that very state where `resourceVersion` is given, or takes the note off it for nil; returns
    /// why not.
    func mark(_ key: ObjectKey, _ text: String?, resourceVersion: String? = nil) async -> String? {
        var metadata: JSONValue = [
            "labels": [ManagedNames.resizedLabel: text == nil ? .null : "true"],
            "annotations": [ManagedNames.foundLimitsAnnotation: text.map { .string($0) } ?? .null],
        ]
        if let resourceVersion { metadata["resourceVersion"] = .string(resourceVersion) }
        do throws(KubernetesError) {
            try await client.patch(.pods, named: key.name, in: key.namespace, with: .merge(["metadata": metadata]))
            return nil
        } catch {
            return error.code == .notFound && text == nil ? nil : "\(error)"
        }
    }

    /// Gives the container `name` of a pod `resources`, and waits until its node has done so, as long as the settings allow.
    func change(_ key: ObjectKey, _ name: String, to resources: Pod.Resources) async -> Change {
        do throws(KubernetesError) {
            try await client.resize(key.name, in: key.namespace ?? "", containers: [name: resources])
        } catch {
            return error.code == .notFound ? .gone : .failed("the resize is refused: \(error)")
        }
        let deadline = now.advanced(byNanoseconds: settings.patienceNanoseconds)
        while true {
            var words = "its node has not carried it out in time"
            switch await read(key) {
            case .failure(let error):
                if error.code == .notFound { return .gone }
                words = "\(error)"
            case .success(let pod):
                switch ResizeProgress(of: name, to: resources, in: pod) {
                case .done: return .done
                case .infeasible(let why): return .failed("the resize cannot be: \(why)")
                case .deferred(let why): words = why
                case .underWay: break
                }
            }
            guard now < deadline, await rest(settings.lookNanoseconds) else {
                return .failed("the resize has not come about: \(words)")
            }
        }
    }

    /// Puts back what `note` says was found, where what was written still stands there, and takes the note off.
    func restore(_ note: ResizeNote, _ key: ObjectKey, uid: String?) async -> Change {
        let pod: ResizablePod
        switch await read(key) {
        case .failure(let error): return error.code == .notFound ? .gone : .failed("the pod cannot be read: \(error)")
        case .success(let present): pod = present
        }
        guard uid == nil || pod.metadata.uid == uid else { return .gone }
        let remedy = note.remedy(in: pod)
        if remedy == .putBack {
            switch await change(key, note.container, to: note.found) {
            case .done: break
            case .gone: return .gone
            case .failed(let why): return .failed(why)
            }
        }
        if let why = await mark(key, nil) { return .failed("the note cannot be taken off: \(why)") }
        return remedy == .leave ? .gone : .done
    }

    /// Puts back what is noted on pods and nobody alive has resized: whoever may act is the only one. Returns whether that
    /// was possible for all of them; what is not is tried again.
    func restoreAbandoned() async -> Bool {
        let pods: [ResizablePod]
        do throws(KubernetesError) {
            pods = try await client.list(.pods, ObjectSelection(namespace: settings.namespace, labels: "\(ManagedNames.resizedLabel)=true"))
        } catch {
            logger.warning("what was resized is not known: \(error)")
            return false
        }
        let inHand = podsInHand
        var isDone = true
        for pod in pods where !inHand.contains(pod.metadata.key) {
            guard let note = pod.annotations[ManagedNames.foundLimitsAnnotation].flatMap({ ResizeNote.read($0) }) else {
                logger.warning(
                    "a pod is marked as resized and does not say what it had", metadata: ["pod": "\(pod.metadata.key)"])
                continue
            }
            let change = await restore(note, pod.metadata.key, uid: pod.metadata.uid)
            logger.info(
                "limits that another coordinator has left behind",
                metadata: ["pod": "\(pod.metadata.key)", "by": "\(note.by)", "put_back": "\(change)"])
            if case .failed = change { isDone = false }
        }
        return isDone
    }
}
