import Foundation
import Testing
import Topology

@testable import Routing

@Suite("Packages")
struct PackageTests {
    @Test func `the olscheduler's registry is read, order kept, the last of repeated entries taken`() throws {
        let text =
            #"[{"handle":"f","pkgs":["big","small"]},{"handle":"g","pkgs":[]},{"handle":"f","pkgs":["b","a","b"]}]"#
        let (registry, repeated) = try PackageRegistry.read(olschedulerJSON: Data(text.utf8))
        #expect(repeated == [FunctionName("f")])
        #expect(registry.functions == [FunctionName("f"), FunctionName("g")])
        #expect(registry.packages(of: FunctionName("f"))?.map(registry.name(of:)) == ["b", "a"])
        #expect(registry.packages(of: FunctionName("g")) == [])
        #expect(registry.packages(of: FunctionName("h")) == nil)
    }

    @Test(arguments: [
        "", "{}", "[1]", #"[{"handle":"f"}]"#, #"[{"handle":"","pkgs":[]}]"#, #"[{"handle":"f","pkgs":[""]}]"#,
    ])
    func `what is no registry is refused with what is allowed`(text: String) {
        #expect(throws: RoutingError.self) { try PackageRegistry.read(olschedulerJSON: Data(text.utf8)) }
    }

    @Test func `a new registry keeps the numbers of known packages`() throws {
        var registry = registry(["f": ["a", "b"], "old": ["z"]])
        let before = registry.package(named: "b")
        registry.replaceEntries(with: RoutingTests.registry(["f": ["c", "b"]]))
        #expect(registry.package(named: "b") == before)
        #expect(registry.packages(of: FunctionName("f"))?.map(registry.name(of:)) == ["c", "b"])
        #expect(registry.packages(of: FunctionName("old")) == nil)
    }

    @Test func `requirements are names in normal form, with the version where it is exact`() {
        let text = """
            # pip-compile output
            Flask==2.0.1 \\
                --hash=sha256:abc
            zope.interface == 5.4.0  # via twisted
            Jinja2[i18n]==3.0 ; python_version > "3.6"
            requests>=2.0
            numpy==1.*
            -r other.txt
            --index-url https://example.org
            pkg @ https://example.org/pkg.whl
            https://example.org/anonymous.whl

            my__Odd.-name
            """
        #expect(
            PackageHints.requirements(text) == [
                "flask==2.0.1", "zope-interface==5.4.0", "jinja2==3.0", "requests", "numpy", "pkg", "my-odd-name",
            ])
    }

    @Test func `each line is read by itself, and what is no requirement is told`() {
        let text = "a\r\nb==1 \\\r\n  --hash=sha256:00\r\n\r\nc 2.0\n-r more.txt\n--no-deps\n==3\n./local\nd (>=1)\n"
        let lines = PackageHints.lines(ofRequirements: text)
        #expect(lines.map(\.number) == [1, 2, 5, 6, 8, 9, 10])
        #expect(lines.map(\.packages) == [["a"], ["b==1"], [], [], [], [], ["d"]])
        for (index, isMalformed) in [(2, true), (3, false), (4, true), (5, false)] {
            switch lines[index].reading {
            case .malformed(let told): #expect(isMalformed && told.contains("allowed is a package's name"))
            case .passedOver(let told): #expect(!isMalformed && !told.isEmpty)
            case .packages: Issue.record("line \(lines[index].number) names packages")
            }
        }
        let source = PackageHints.lines(ofSource: "#!/usr/bin/python3\r\n# ol-install: a,,b\r\n# ol-install: c d\r\n")
        #expect(source.map(\.number) == [2, 3] && source[0].packages == ["a", "b"])
        #expect(source[1].packages.isEmpty)
    }

    @Test func `hints of the older kind stand in the comments at the head of the source`() {
        let source = """
            # ol-install: Numpy, pandas==1.0
            # ol-import: numpy

            #ol-install:six
            import numpy
            # ol-install: late
            """
        #expect(PackageHints.openLambdaComments(source) == ["numpy", "pandas==1.0", "six"])
        #expect(PackageHints.openLambdaComments("print(1)").isEmpty)
    }

    @Test func `packages are promised while a request is under way and there when it has succeeded`() throws {
        var bench = try Bench("round-robin", weights: [1], registry: registry(["f": ["a", "b"], "g": ["b", "c"]]))
        let worker = bench.router.state.fleet.workers[0].id
        let ids = try ["a", "b", "c"].map { try #require(bench.router.state.registry.package(named: $0)) }
        func known(_ bench: Bench) -> [PackagePresence.Knowledge] {
            ids.map { bench.router.state.presence.knowledge(of: $0, at: worker) }
        }
        _ = bench.send("f")
        _ = bench.send("g")
        #expect(known(bench) == [.promised, .promised, .promised])
        bench.end(0, .workerFailed)
        #expect(known(bench) == [.absent, .promised, .promised], "g still needs b")
        bench.end(0)
        #expect(known(bench) == [.absent, .present, .present])
        #expect(bench.router.state.presence.isWarm(worker, for: Array(ids[1...])))
        #expect(bench.router.state.presence.presentCount(at: worker) == 2)
        #expect(try bench.router.remove(address(0), at: at(1)))
        #expect(known(bench) == [.absent, .absent, .absent])
    }
}
