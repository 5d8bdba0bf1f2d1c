/// The style sheet of pages; it uses the variables of ``ChartStyle``.
///
/// On a wide screen a wide table goes beyond the text, up to 28 pixels from the window's right edge: half of what the window is
/// wider than `main`, and what `main` has inside.
enum HTMLStyle {
    static let sheet = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--reeve-page);color:var(--reeve-ink);font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}
        main{max-width:960px;margin:0 auto;padding:24px 28px 48px}
        h1{font-size:1.7em;line-height:1.2;margin:.4em 0 .1em}
        h2{font-size:1.25em;margin:2em 0 .4em;padding-top:.6em;border-top:1px solid var(--reeve-grid)}
        p,ul{max-width:72ch;margin:.6em 0}
        .subtitle,.faint,figcaption,caption{color:var(--reeve-faint)}
        figure{margin:1.4em 0}
        figure svg{display:block;width:100%;height:auto}
        figcaption,caption{font-size:.88em;text-align:left;max-width:80ch}
        figcaption{margin-top:.5em}
        caption{padding-bottom:.4em}
        .narrow{display:none}
        .table{overflow-x:auto;margin:1.2em 0}
        table{border-collapse:collapse;font-size:.86em;font-variant-numeric:tabular-nums}
        th,td{padding:.28em .7em;border-bottom:1px solid var(--reeve-grid);vertical-align:bottom;text-align:left}
        th:first-child,td:first-child{padding-left:0}
        td{white-space:nowrap}
        .number{text-align:right}
        .strong{font-weight:600}
        .good{color:var(--reeve-c2)}
        .bad{color:var(--reeve-c1)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.2em;font-size:.92em}
        dt{color:var(--reeve-faint)}
        dd{margin:0;overflow-wrap:anywhere}
        @media screen and (max-width:640px){
        main{padding:12px 14px 32px}
        .wide{display:none}
        .narrow{display:block}
        dl{grid-template-columns:1fr;gap:0}
        dd{margin-bottom:.5em}
        }
        @media screen and (min-width:960px){
        .table{width:fit-content;max-width:calc(50vw + 424px)}
        }
        @media print{
        main{max-width:none;padding:0}
        body{font-size:10pt}
        figure,table,dl{break-inside:avoid}
        h2{break-after:avoid}
        .table{overflow:visible}
        }
        """
}
