import Cluster
import Testing

@testable import Kubernetes

private let disk: JSONValue = ["key": "disk", "operator": "In", "values": ["ssd"]]
private let zone: JSONValue = ["key": "zone", "operator": "Exists"]
private let apart: JSONValue = [
    "podAntiAffinity": ["preferredDuringSchedulingIgnoredDuringExecution": [["weight": 1]]]
]

private let exchanges: [JSONValue] = [
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 1]],
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]],
]

@Suite("A Deployment that reeve manages")
struct ManagedDeploymentTests {
    @Test(
        "A pin holds together with what was required before",
        arguments: [
            (JSONValue.null, ["w01"], requiring(["matchFields": [on("w01")]])),
            ([:], ["w01"], requiring(["matchFields": [on("w01")]])),
            (
                requiring(["matchExpressions": [disk]]), ["w02"],
                requiring(["matchExpressions": [disk], "matchFields": [on("w02")]])
            ),
            (
                requiring(["matchExpressions": [disk]], ["matchFields": [on("w09")]]), ["w02"],
                requiring(
                    ["matchExpressions": [disk], "matchFields": [on("w02")]], ["matchFields": [on("w09"), on("w02")]])
            ),
            // A term without requirements matches nothing, and goes on matching nothing.
            (
                requiring([:], ["matchExpressions": [zone]]), ["w02"],
                requiring(["matchExpressions": [zone], "matchFields": [on("w02")]])
            ),
            (requiring([:]), ["w02"], requiring([:])),
        ] as [(JSONValue, [String], JSONValue)])
    func pins(found: JSONValue, nodes: [String], expected: JSONValue) {
        #expect(NodePin.pin(found, to: nodes, mark: "1") == expected)
    }

    @Test(
        "The node of an affinity is told where it leaves one",
        arguments: [
            (JSONValue.null, nil), (requiring(["matchExpressions": [disk]]), nil),
            (requiring(["matchFields": [on("w01")]]), "w01"),
            (requiring(["matchExpressions": [disk], "matchFields": [on("w01")]], ["matchFields": [on("w01")]]), "w01"),
            (requiring(["matchFields": [on("w01")]], ["matchFields": [on("w02")]]), nil),
            (requiring(["matchFields": [on("w01")]], ["matchExpressions": [zone]]), nil),
            (requiring(["matchFields": [on("w09"), on("w01")]]), nil),
        ])
    func node(affinity: JSONValue, node: String?) {
        #expect(NodePin.node(in: affinity) == node)
    }

    @Test func `a pin leaves neighbours and preferences as they are`() {
        var found = apart
        let preference: JSONValue = [["weight": 5, "preference": ["matchExpressions": [disk]]]]
        found[path: ["nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"]] = preference
        let pinned = NodePin.pin(found, to: ["w01"], mark: "1")
        #expect(pinned["podAntiAffinity"] == found["podAntiAffinity"])
        #expect(pinned[path: ["nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"]] == preference)
    }

    @Test func `over several nodes each is a choice of its own, and pods of one placement keep apart`() {
        let pinned = NodePin.pin(apart, to: ["w01", "w02"], mark: "4")
        let terms = pinned[path: [
            "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms",
        ]]
        #expect(terms == [["matchFields": [on("w01")]], ["matchFields": [on("w02")]]])
        let preferences = pinned[path: ["podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"]]
        #expect(preferences?.elements?.count == 2)
        #expect(preferences?.elements?.first == ["weight": 1])
        let labels = preferences?.elements?.last?[path: ["podAffinityTerm", "labelSelector", "matchLabels"]]
        #expect(labels == ["reeve.dev/placement": "4"])
    }

    @Test(
        "How pods are exchanged, by the server's defaults and its rounding",
        arguments: [
            (nil, 1, RolloutStrategy.keepsServing), (nil, 3, .keepsServing), (nil, 4, .dropsPods),
            (["type": "Recreate"], 1, .recreates),
            (["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]], 1, .keepsServing),
            (["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 1]], 1, .dropsPods),
            (["rollingUpdate": ["maxSurge": "1%", "maxUnavailable": "99%"]], 1, .keepsServing),
            (["rollingUpdate": ["maxSurge": "1%", "maxUnavailable": "50%"]], 2, .dropsPods),
            (["rollingUpdate": ["maxSurge": 0, "maxUnavailable": "50%"]], 1, .dropsPods),
        ] as [(JSONValue?, Int, RolloutStrategy)])
    func strategies(json: JSONValue?, replicas: Int, expected: RolloutStrategy) {
        #expect(RolloutStrategy(json, replicas: replicas) == expected)
    }

    @Test(
        "As many pods more as a move will have",
        arguments: [
            (nil, 1, 1), (nil, 3, 1), (nil, 4, 1),
            (["rollingUpdate": ["maxSurge": "50%", "maxUnavailable": 0]], 5, 3),
            (["rollingUpdate": ["maxSurge": 9, "maxUnavailable": 0]], 2, 2),
            (["rollingUpdate": ["maxSurge": 9, "maxUnavailable": 1]], 2, 1),
        ] as [(JSONValue?, Int, Int)])
    func surges(json: JSONValue?, replicas: Int, expected: Int) {
        #expect(RolloutStrategy.surge(json, replicas: replicas) == expected)
    }

    @Test func `placing notes in the same request what was found, and marks the pods`() throws {
        let before = try ManagedDeployment(stored(generation: 4))
        let patch = try #require(before.patch(to: before.placement(on: ["w01"])))
        #expect(patch[path: ["metadata", "resourceVersion"]] == "7", "only this state")
        let after = try ManagedDeployment(patched(before.json, with: patch))
        #expect(after.affinity == requiring(["matchFields": [on("w01")]]))
        #expect(after.mark == "5")
        #expect(after.ownAffinity == .null)
        #expect(after.json[path: ["metadata", "labels", "reeve.dev/managed"]] == "true")
        #expect(after.strategy == before.strategy, "25 % of one is none: it keeps serving as it is")
        #expect(after.placement(on: ["w01"]) == after.placement, "the same again is nothing")
        #expect(after.patch(to: after.placement) == nil)
    }

    @Test func `a second move pins what the function required itself, not what the first one added`() throws {
        let own = requiring(["matchExpressions": [disk]])
        var object = stored(affinity: own)
        for node in ["w01", "w02", "w01"] {
            let before = try ManagedDeployment(object)
            object = patched(object, with: try #require(before.patch(to: before.placement(on: [node]))))
            let after = try ManagedDeployment(object)
            #expect(after.affinity == requiring(["matchExpressions": [disk], "matchFields": [on(node)]]))
            #expect(after.ownAffinity == own)
            object[path: ["metadata", "generation"]] = .integer(after.generation + 1)
        }
    }

    @Test func `what somebody else has put there since is theirs`() throws {
        var object = stored()
        let before = try ManagedDeployment(object)
        object = patched(object, with: try #require(before.patch(to: before.placement(on: ["w01"]))))
        object[path: ["spec", "template", "spec", "affinity"]] = apart
        let theirs = try ManagedDeployment(object)
        #expect(theirs.ownAffinity == apart)
        #expect(theirs.placementFound.affinity == apart)
        #expect(theirs.patch(from: before.placement(on: ["w01"]), backTo: before.placement) == nil)
    }

    @Test(
        "Releasing leaves the object as it was found",
        arguments: [nil, apart, requiring(["matchExpressions": [disk]]), [:]] as [JSONValue?], exchanges)
    func releases(affinity: JSONValue?, strategy: JSONValue) throws {
        let found = stored(affinity: affinity, strategy: strategy)
        var object = found
        for node in ["w01", "w02"] {
            let before = try ManagedDeployment(object)
            object = patched(object, with: try #require(before.patch(to: before.placement(on: [node]))))
            let after = try ManagedDeployment(object)
            #expect(RolloutStrategy(after.strategy, replicas: 1) == .keepsServing)
        }
        var now = try ManagedDeployment(object)
        object = patched(object, with: try #require(now.patch(to: now.placementFound)))
        now = try ManagedDeployment(object)
        #expect(RolloutStrategy(now.strategy, replicas: 1) == .keepsServing, "not before the pods are exchanged")
        object = patched(object, with: try #require(now.patch(keeping: FoundState())))
        #expect(object == found)
    }

    @Test func `going back to where it was before the move makes the very same pattern`() throws {
        let found = stored(strategy: exchanges[0], generation: 3)
        let first = try ManagedDeployment(found)
        let pinned = patched(found, with: try #require(first.patch(to: first.placement(on: ["w01"]))))
        let before = try ManagedDeployment(pinned)
        let new = before.placement(on: ["w02"])
        let moved = try ManagedDeployment(patched(pinned, with: try #require(before.patch(to: new))))
        let back = patched(moved.json, with: try #require(moved.patch(from: new, backTo: before.placement)))
        #expect(back[path: ["spec", "template"]] == pinned[path: ["spec", "template"]])
        #expect(try ManagedDeployment(back).state?.strategy?.found == exchanges[0])
        let kept = try #require(before.state)
        let tidied = patched(back, with: try #require(try ManagedDeployment(back).patch(keeping: kept)))
        #expect(tidied[path: ["spec", "strategy"]] == exchanges[0])
    }

    @Test func `replicas are noted once with what was found first, and forgotten with the rest`() throws {
        var object = stored(replicas: 2)
        #expect(try ManagedDeployment(object).patch(notingReplicas: 2) == nil, "as it was found")
        for replicas in [3, 5] {
            let before = try ManagedDeployment(object)
            object = patched(object, with: try #require(before.patch(notingReplicas: replicas)))
            object[path: ["spec", "replicas"]] = .integer(Int64(replicas))
        }
        let after = try ManagedDeployment(object)
        #expect(after.state?.replicas == FoundState.Replaced(found: 2, written: 5))
        #expect(after.patch(notingReplicas: 5) == nil)
    }

    @Test func `a note that cannot be read is refused by name, and nothing is lost`() {
        var object = stored()
        object[path: ["metadata", "annotations", ManagedNames.foundAnnotation]] = "?"
        let error = #expect(throws: ClusterError.self) { try ManagedDeployment(object) }
        #expect(error?.code == .refused)
        #expect(error?.description.contains("deployment f: its annotation reeve.dev/found cannot be read") == true)
    }
}
