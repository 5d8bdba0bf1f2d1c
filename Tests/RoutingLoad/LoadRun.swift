import NIOCore
import NIOHTTP1
import NIOPosix

/// Clients that send the numbers from 0 up, each client one at a time. All of it lives on one event loop.
final class LoadRun {
    private let loop: any EventLoop
    private let port: Int
    private let requests: Int
    private var next: UInt32 = 0
    private var connections = 0
    private var outcomes: [UInt8]
    private let done: EventLoopPromise<[UInt8]>

    private init(loop: any EventLoop, port: Int, requests: Int, done: EventLoopPromise<[UInt8]>) {
        self.loop = loop
        self.port = port
        self.requests = requests
        self.done = done
        outcomes = Array(repeating: LoadOutcome.notAsked.rawValue, count: requests)
    }

    /// Sends `requests` to the proxy at `port` over so many connections at once; returns what became of each.
    static func outcomes(port: Int, requests: Int, connections: Int) async throws -> [UInt8] {
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).any()
        let done = loop.makePromise(of: [UInt8].self)
        loop.execute {
            let run = LoadRun(loop: loop, port: port, requests: requests, done: done)
            run.connections = connections
            for _ in 0..<connections { run.connect() }
        }
        return try await done.futureResult.get()
    }

    private func connect() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(LoadClient(bound.value))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenFailure { _ in bound.value.ended() }
    }

    /// The next number; nil when all have been sent.
    func take() -> UInt32? {
        guard next < requests else { return nil }
        next += 1
        return next - 1
    }

    /// `number` has become `outcome`. What is wrong stays wrong.
    func settle(_ number: UInt32, _ outcome: LoadOutcome) {
        guard outcomes[Int(number)] != LoadOutcome.wrong.rawValue else { return }
        outcomes[Int(number)] = outcome.rawValue
    }

    /// A connection has ended, or could not be made: another takes its place while there is something to send.
    func ended() {
        if next < requests {
            let bound = NIOLoopBound(self, eventLoop: loop)
            loop.scheduleTask(in: .milliseconds(20)) { bound.value.connect() }
        } else {
            connections -= 1
            if connections == 0 { done.succeed(outcomes) }
        }
    }
}
