import Dashboard
import HTTPTypes

/// The dashboard: a page and what it loads. They tell nobody anything; what the page shows it asks of the routes beside.
extension RouteTable {
    static let dashboard: [Route] = DashboardFile.all.map { file in
        Route(
            .get, file.path, name(of: file), .open, .page(file), answer: .text(mediaType: mediaType(of: file)),
            file.path == "/" ? "The dashboard." : "A part of the dashboard.")
    }

    /// What programs call it: "getDashboard", "getDashboardStyleCss".
    private static func name(of file: DashboardFile) -> String {
        let words = file.path.split { $0 == "/" || $0 == "." }.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return "getDashboard" + words.joined()
    }

    /// Without its parameters, as OpenAPI lists it.
    private static func mediaType(of file: DashboardFile) -> String { String(file.mediaType.prefix { $0 != ";" }) }
}

extension HTTPAnswer {
    /// A file of the dashboard, with what the page may load.
    init(_ file: DashboardFile) {
        self.init(
            mediaType: file.mediaType, file.bytes,
            fields: [.contentSecurityPolicy: DashboardFile.contentSecurityPolicy])
    }
}
