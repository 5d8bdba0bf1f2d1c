import Measures

/// What this server has answered.
enum HTTPFamilies {
    static func families(of counts: HTTPTally.Snapshot) -> [MetricFamily] {
        let routes = counts.routes.sorted { $0.key < $1.key }
        return [
            .counter(
                "reeve_http_requests_total", "Requests answered, by route and kind of status.",
                by: routes.flatMap { route in
                    route.value.byStatusClass.sorted { $0.key < $1.key }.map {
                        .init(labels: [("route", route.key), ("status", "\($0.key)xx")], value: Double($0.value))
                    }
                }),
            .histogram(
                "reeve_http_request_duration_seconds", "From a request's head to the end of its answer.",
                by: routes.filter { $0.value.seconds.count > 0 }.map {
                    .init(labels: [("route", $0.key)], value: Distribution($0.value.seconds))
                }),
            .gauge("reeve_http_requests_in_flight", "Requests that are being answered.", Double(counts.inFlight)),
            .gauge("reeve_http_event_streams", "Streams of events that are open.", Double(counts.eventStreams)),
        ]
    }
}
