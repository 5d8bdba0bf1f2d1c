import HTTPTypes

/// All routes, and which of them a request is for.
struct RouteTable: Sendable {
    let routes: [Route]

    init(_ routes: [Route]) { self.routes = routes }

    /// The route for `method` and the path of `segments`, with the values of the path's fields. HEAD is served as GET.
    /// Throws `Problem`: there is no such path, or it knows other methods only, which are named then.
    func find(
        _ method: HTTPRequest.Method, _ segments: [String]
    ) throws(Problem) -> (route: Route, values: [String: String]) {
        let wanted: HTTPRequest.Method = method == .head ? .get : method
        var methods: [String] = []
        for route in routes {
            guard let values = route.match(segments) else { continue }
            if route.method == wanted { return (route, values) }
            methods.append(route.method.rawValue)
            if route.method == .get { methods.append("HEAD") }
        }
        let path = "/" + segments.joined(separator: "/")
        guard !methods.isEmpty else {
            throw Problem(.notFound, "there is no \(path.prefix(200)): /api/v1/openapi.json has what there is")
        }
        let allowed = methods.joined(separator: ", ")
        throw Problem(
            .methodNotAllowed, "\(path.prefix(200)) does not know \(method.rawValue.prefix(20)): allowed is \(allowed)",
            fields: [.allow: allowed])
    }
}
