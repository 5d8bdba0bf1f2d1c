/// A colour slot of the drawings; what it looks like is set once for light and once for dark pages by ``ChartStyle``.
///
/// The hues are those of Okabe and Ito ("Color Universal Design", 2008), which people with the common colour vision
/// deficiencies can tell apart; lightness is moved until each has a contrast of at least 3 : 1 with its page (WCAG 2.2,
/// 1.4.11).
public enum ChartColour: Int, Sendable, CaseIterable, Equatable {
    case blue, vermilion, green, purple, ochre, sky, grey, ink

    /// The red, green and blue of this slot as #rrggbb on a light page.
    var light: String {
        switch self {
        case .blue: "#0067a5"
        case .vermilion: "#c75200"
        case .green: "#00805d"
        case .purple: "#b0559a"
        case .ochre: "#a87400"
        case .sky: "#2f93c6"
        case .grey: "#6a7075"
        case .ink: "#202428"
        }
    }

    /// The red, green and blue of this slot as #rrggbb on a dark page.
    var dark: String {
        switch self {
        case .blue: "#4f9fe0"
        case .vermilion: "#f08040"
        case .green: "#2fbf93"
        case .purple: "#e09ccb"
        case .ochre: "#e8b93c"
        case .sky: "#8fd0f7"
        case .grey: "#a0a7ae"
        case .ink: "#eceff1"
        }
    }

    /// The style class that selects this slot.
    var styleClass: String { "c\(rawValue)" }
}
