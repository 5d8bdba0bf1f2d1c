/// One file of the dashboard. All of them stand in the program itself, so that it needs no folder beside it.
public struct DashboardFile: Hashable, Sendable {
    /// The path that browsers ask for: "/" is the page.
    public let path: String
    /// Its media type.
    public let mediaType: String
    /// What is in it.
    public let bytes: [UInt8]

    /// What the page may load and ask: its own files and the server that it came from, and nothing else
    /// (Content Security Policy, level 3).
    public static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The page and what it loads.
    public static let all: [DashboardFile] = [
        DashboardFile(path: "/", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
        DashboardFile(path: "/dashboard/style.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.style_css),
        DashboardFile(path: "/dashboard/icon.svg", mediaType: "image/svg+xml", bytes: PackageResources.icon_svg),
        script("app", PackageResources.app_js),
        script("live", PackageResources.live_js),
        script("state", PackageResources.state_js),
        script("analysis", PackageResources.analysis_js),
        script("answer", PackageResources.answer_js),
        script("format", PackageResources.format_js),
        script("elements", PackageResources.elements_js),
        script("drawing", PackageResources.drawing_js),
        script("workflows", PackageResources.workflows_js),
        script("nodes", PackageResources.nodes_js),
        script("node", PackageResources.node_js),
        script("decision", PackageResources.decision_js),
        script("lists", PackageResources.lists_js),
    ]

    private static func script(_ name: String, _ bytes: [UInt8]) -> DashboardFile {
        DashboardFile(path: "/dashboard/\(name).js", mediaType: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
