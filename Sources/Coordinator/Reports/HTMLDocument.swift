/// A page as a value: one HTML file that holds its drawings and styles, so that showing it sends no request anywhere.
///
/// The file is also well-formed XML. All text is escaped; a Content-Security-Policy forbids the browser to load
/// anything, so that even text that was wrongly taken for markup could reach no other machine.
public struct HTMLDocument: Sendable {
    /// The page's name.
    public let title: String
    /// One sentence under it.
    public let subtitle: String
    /// Top to bottom.
    public let sections: [HTMLSection]

    /// The page called `title`.
    public init(title: String, subtitle: String, sections: [HTMLSection]) {
        self.title = title
        self.subtitle = subtitle
        self.sections = sections
    }

    /// The file's text, in UTF-8.
    public func html() -> String {
        var page = MarkupWriter()
        page.insert(markup: "<!DOCTYPE html>\n")
        page.element("html", ["lang": "en"]) { html in
            html.element("head") { head in
                head.empty("meta", ["charset": "utf-8"])
                head.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.empty(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; style-src 'unsafe-inline'",
                    ])
                head.element("title", text: title)
                head.element("style") { $0.insert(markup: ChartStyle.sheet + "\n" + HTMLStyle.sheet) }
            }
            html.element("body") { body in
                body.element("main") { main in
                    main.element("h1", text: title)
                    main.element("p", ["class": "subtitle"], text: subtitle)
                    for section in sections { section.write(to: &main) }
                }
            }
        }
        return page.text + "\n"
    }
}

/// A part of a page under its own heading.
public struct HTMLSection: Sendable {
    /// What a section is made of.
    public enum Block: Sendable {
        /// A paragraph of plain text.
        case paragraph(String)
        /// Points, one line each.
        case list([String])
        /// Names and what belongs to them.
        case facts([(name: String, value: String)])
        /// A table under its caption.
        case table(TextTable, caption: String)
        /// A drawing over its caption.
        case figure(any Chart, caption: String)
    }

    /// The heading.
    public let heading: String
    /// Top to bottom.
    public let blocks: [Block]

    /// The part headed `heading`.
    public init(_ heading: String, _ blocks: [Block]) {
        self.heading = heading
        self.blocks = blocks
    }

    func write(to writer: inout MarkupWriter) {
        writer.element("section") { section in
            section.element("h2", text: heading)
            for block in blocks { block.write(to: &section) }
        }
    }
}

extension HTMLSection.Block {
    fileprivate func write(to writer: inout MarkupWriter) {
        switch self {
        case .paragraph(let text): writer.element("p", text: Self.prose(text))
        case .list(let points):
            writer.element("ul") { list in
                for point in points { list.element("li", text: Self.prose(point)) }
            }
        case .facts(let facts):
            writer.element("dl") { list in
                for fact in facts {
                    list.element("dt", text: fact.name)
                    list.element("dd", text: fact.value)
                }
            }
        case .table(let table, let caption): write(table, caption: caption, to: &writer)
        case .figure(let chart, let caption):
            writer.element("figure") { figure in
                // Drawn twice, for a desk and for a phone: scaling one drawing would make its text too small there.
                for (style, width) in [("wide", 900), ("narrow", 340)] {
                    figure.element("div", ["class": style]) { $0.insert(markup: chart.svg(width: width)) }
                }
                figure.element("figcaption", text: Self.prose(caption))
            }
        }
    }

    /// `text` with its percent signs tied to their numbers, so that no line begins with one.
    private static func prose(_ text: String) -> String {
        text.split(separator: " %", omittingEmptySubsequences: false).joined(separator: "\u{a0}%")
    }

    private func write(_ table: TextTable, caption: String, to writer: inout MarkupWriter) {
        writer.element("div", ["class": "table", "tabindex": "0", "role": "region", "aria-label": caption]) { box in
            box.element("table") { element in
                element.element("caption", text: caption)
                element.element("thead") { head in
                    head.element("tr") { row in
                        for column in table.columns {
                            row.element("th", ["scope": "col", "class": column.alignment.style], text: column.title)
                        }
                    }
                }
                element.element("tbody") { body in
                    for cells in table.rows {
                        body.element("tr") { row in
                            for (column, cell) in zip(table.columns, cells) {
                                let style = [column.alignment.style, cell.emphasis.style].joined(separator: " ")
                                row.element("td", ["class": style], text: cell.text)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension TextTable.Alignment {
    fileprivate var style: String {
        switch self {
        case .left: "text"
        case .right: "number"
        }
    }
}

extension TextTable.Emphasis {
    fileprivate var style: String {
        switch self {
        case .plain: "plain"
        case .strong: "strong"
        case .faint: "faint"
        case .good: "good"
        case .bad: "bad"
        }
    }
}
