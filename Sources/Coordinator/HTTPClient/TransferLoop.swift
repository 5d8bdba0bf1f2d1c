import CCurl
import Measures
import Synchronization

/// The transport's thread: libcurl's multi handle and the transfers on it. Nothing here is touched by another thread.
struct TransferLoop {
    /// The longest wait, in milliseconds, when libcurl names no sooner time.
    private static let longestWaitMilliseconds = 1_000

    let settings: HTTPTransport.Settings
    let time: any TimeSource
    let mailbox: TransferMailbox
    let onTurn: @Sendable () -> Void

    /// curl_global_init(3), once in the process; it is safe among threads since libcurl 7.84.
    private static let global = curl_global_init(Int(CURL_GLOBAL_ALL))

    /// Serves until the mailbox is stopped.
    func serve() {
        var transfers: [RequestTicket: Transfer] = [:]
        guard Self.global == CURLE_OK, let multi = curl_multi_init() else {
            return end("libcurl cannot be used: it has no memory", transfers: [:])
        }
        defer { curl_multi_cleanup(multi) }
        limitConnections(of: multi)
        mailbox.open(WakeableHandle(multi))
        var isStopped = false
        while !isStopped {
            onTurn()
            let (orders, stop) = mailbox.take()
            isStopped = stop
            for order in orders { carryOut(order, transfers: &transfers, multi: multi) }
            expire(&transfers, multi: multi)
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collect(&transfers, multi: multi)
            if !isStopped { curl_multi_poll(multi, nil, 0, waitMilliseconds(transfers), nil) }
        }
        for transfer in transfers.values { curl_multi_remove_handle(multi, transfer.handle) }
        end("the HTTP client ended while the request was under way", transfers: transfers)
    }

    private func limitConnections(of multi: UnsafeMutableRawPointer) {
        reeve_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.maximumConnectionsPerHost)
        reeve_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.maximumConnections)
        reeve_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConnections)
    }

    private func carryOut(
        _ order: TransferMailbox.Order, transfers: inout [RequestTicket: Transfer], multi: UnsafeMutableRawPointer
    ) {
        switch order {
        case .start(let request, let receiver, let ticket):
            start(request, for: receiver, ticket: ticket, transfers: &transfers, multi: multi)
        case .cancel(let ticket):
            guard let transfer = transfers.removeValue(forKey: ticket) else { return }
            giveUp(transfer, multi: multi, because: transfer.error(.cancelled, "the request was cancelled"))
        case .resume(let ticket):
            if let transfer = transfers[ticket] { curl_easy_pause(transfer.handle, CURLPAUSE_CONT) }
        }
    }

    private func start(
        _ request: HTTPRequest, for receiver: Receiver, ticket: RequestTicket,
        transfers: inout [RequestTicket: Transfer], multi: UnsafeMutableRawPointer
    ) {
        let subject = request.subject
        if ticket.isCancelled.load(ordering: .sequentiallyConsistent) {
            mailbox.finishRequest()
            return receiver.fail(HTTPError(.cancelled, "\(subject): the request was cancelled"))
        }
        guard let transfer = Transfer(request, receiver: receiver, ticket: ticket, start: time.now) else {
            mailbox.finishRequest()
            return receiver.fail(HTTPError(.closed, "\(subject) was not sent: libcurl has no memory"))
        }
        if let refusal = transfer.configure(settings) {
            mailbox.finishRequest()
            return transfer.fail(refusal)
        }
        curl_multi_add_handle(multi, transfer.handle)
        transfers[ticket] = transfer
    }

    private func giveUp(_ transfer: Transfer, multi: UnsafeMutableRawPointer, because error: HTTPError) {
        curl_multi_remove_handle(multi, transfer.handle)
        mailbox.finishRequest()
        transfer.fail(error)
    }

    private func expire(_ transfers: inout [RequestTicket: Transfer], multi: UnsafeMutableRawPointer) {
        let now = time.now
        for (ticket, transfer) in transfers {
            guard let error = transfer.timeout(at: now) else { continue }
            transfers[ticket] = nil
            giveUp(transfer, multi: multi, because: error)
        }
    }

    /// Hands over what libcurl has done with.
    private func collect(_ transfers: inout [RequestTicket: Transfer], multi: UnsafeMutableRawPointer) {
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            guard let transfer = Transfer.behind(handle) else { continue }
            transfers[transfer.ticket] = nil
            curl_multi_remove_handle(multi, handle)
            mailbox.finishRequest()
            transfer.finish(result)
        }
    }

    private func waitMilliseconds(_ transfers: [RequestTicket: Transfer]) -> Int32 {
        var wait = UInt64(Self.longestWaitMilliseconds)
        let now = time.now
        for transfer in transfers.values {
            guard let deadline = transfer.deadline else { continue }
            // Rounded up, or the last millisecond would be spent in turns that do nothing.
            wait = min(wait, (deadline.nanoseconds(since: now) + 999_999) / 1_000_000)
        }
        return Int32(wait)
    }

    private func end(_ reason: String, transfers: [RequestTicket: Transfer]) {
        let orders = mailbox.close()
        for transfer in transfers.values { transfer.fail(transfer.error(.closed, reason)) }
        for case .start(let request, let receiver, _) in orders {
            receiver.fail(HTTPError(.closed, "\(request.subject) was not sent: the HTTP client has ended"))
        }
    }
}
