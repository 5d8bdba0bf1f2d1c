import Routing

/// A request that a worker is to be sent.
struct Assignment: Sendable {
    let token: RequestToken
    let worker: WorkerID
    let address: WorkerAddress
    let kind: WorkerKind
}

/// How the wait of a request ends.
enum WaitEnd: Sendable {
    case send(Assignment)
    case refuse(Refusal)
}

/// Whoever waits for a worker. It is told once, on whichever thread found out.
struct Waiter: Sendable {
    let resume: @Sendable (WaitEnd) -> Void
}
