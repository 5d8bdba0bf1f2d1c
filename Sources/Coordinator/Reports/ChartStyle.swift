/// The style sheet that drawings share: variables for light pages, dark pages where the reader asks for them on a
/// screen, and paper, which is always light.
enum ChartStyle {
    static let lightPage = "#ffffff"
    static let darkPage = "#15191c"

    /// Variables and classes, without any reference outside the sheet.
    static let sheet: String = """
        :root{\(variables(page: lightPage, ink: .ink, \.light, faint: "#5b6166", grid: "#dfe3e6", band: "#f1f4f6"))}
        @media screen and (prefers-color-scheme:dark){:root{\
        \(variables(page: darkPage, ink: .ink, \.dark, faint: "#a5adb3", grid: "#343b41", band: "#20262b"))}}
        \(ChartColour.allCases.map { ".\($0.styleClass){--c:var(--reeve-\($0.styleClass))}" }.joined())
        svg.chart{font-family:system-ui,"DejaVu Sans",sans-serif;font-size:11px;fill:var(--reeve-ink)}
        .chart .faint{fill:var(--reeve-faint)}
        .chart .head{font-weight:600}
        .chart .grid{stroke:var(--reeve-grid);stroke-width:1}
        .chart .frame{stroke:var(--reeve-faint);stroke-width:1;fill:none}
        .chart .band{fill:var(--reeve-band)}
        .chart .goal{stroke:var(--reeve-ink);stroke-width:1;stroke-dasharray:5 3}
        .chart .line{fill:none;stroke:var(--c);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
        .chart .dashed{stroke-dasharray:6 4}
        .chart .dotted{stroke-dasharray:1 4}
        .chart .dots{fill:none;stroke:var(--c);stroke-width:4;stroke-linecap:round;stroke-opacity:.55}
        .chart .fill{fill:var(--c)}
        .chart .soft{fill:var(--c);fill-opacity:.3;stroke:var(--c);stroke-width:1}
        .chart .hollow{fill:var(--reeve-page);stroke:var(--c);stroke-width:1}
        .chart .mark{stroke:var(--reeve-ink);stroke-width:2;fill:none}
        .chart .halo{paint-order:stroke;stroke:var(--reeve-page);stroke-width:3px;stroke-linejoin:round}
        """

    private static func variables(
        page: String, ink: ChartColour, _ theme: KeyPath<ChartColour, String>, faint: String, grid: String, band: String
    ) -> String {
        let slots = ChartColour.allCases.map { "--reeve-\($0.styleClass):\($0[keyPath: theme]);" }.joined()
        return "color-scheme:light dark;--reeve-page:\(page);--reeve-ink:\(ink[keyPath: theme]);"
            + "--reeve-faint:\(faint);--reeve-grid:\(grid);--reeve-band:\(band);\(slots)"
    }
}
