package dev.stoker.report.page;

/** How the page looks: light, dark and printed, wide and narrow. */
public final class PageStyle {
    public static final String CSS =
            """
            :root { color-scheme: light dark; --ink: #1c2024; --faint: #5f6a74; --line: #d5dae0;
              --page: #ffffff; --panel: #f6f7f9; --accent: #1f6fb2; --band: #bcd7ee;
              --peak: #b4560f; --good: #1a7f37; --bad: #b3261e; --warn: #fff1c2; --warnink: #5c4300; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e4e8ec; --faint: #9aa5b0; --line: #363d45; --page: #14171a;
                --panel: #1c2126; --accent: #62aeea; --band: #24455f; --peak: #e08a45;
                --good: #56c271; --bad: #ff8a80; --warn: #4a3a08; --warnink: #ffe7a3; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; max-width: 1240px; padding: 0 20px 32px; color: var(--ink);
              background: var(--page); font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.7rem; margin: 24px 0 4px; }
            h2 { font-size: 1.25rem; margin: 32px 0 8px; padding-bottom: 4px;
              border-bottom: 1px solid var(--line); }
            h3 { font-size: 1.05rem; margin: 24px 0 8px; }
            h4 { font-size: .9rem; margin: 0 0 8px; }
            h1, h2, h3, li, p, td, th { overflow-wrap: anywhere; }
            .simulated { margin: 12px 0 0; padding: 10px 14px; border-radius: 6px;
              background: var(--warn); color: var(--warnink); }
            .key, .none, footer, figcaption, .of, small, sup, time { color: var(--faint); }
            .key { margin: 0 0 8px; font-size: .85rem; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            table { border-collapse: collapse; width: 100%; font-size: .88rem;
              font-variant-numeric: tabular-nums; }
            th, td { padding: 6px 10px; text-align: right; vertical-align: top;
              border-bottom: 1px solid var(--line); }
            th:first-child { text-align: left; }
            thead th { color: var(--faint); font-weight: 600; overflow-wrap: normal; }
            td small, th small { display: block; font-weight: 400; font-size: .8rem; }
            .of { display: none; }
            .notes { font-size: .82rem; color: var(--faint); margin: 8px 0; padding-left: 22px; }
            .charts { display: grid; gap: 16px; align-items: start;
              grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); }
            .charts + h4 { margin-top: 20px; }
            figure { margin: 0; padding: 12px 14px; background: var(--panel); border-radius: 8px;
              break-inside: avoid; }
            figcaption { font-size: .8rem; margin-top: 6px; overflow-wrap: anywhere; }
            svg { display: block; width: 100%; height: auto; }
            svg text { font: 11px system-ui, sans-serif; fill: var(--faint); }
            svg text.label { fill: var(--ink); font-weight: 600; }
            svg text.cross { fill: var(--bad); font-weight: 700; }
            .axis { stroke: var(--faint); } .grid { stroke: var(--line); }
            .bar { fill: var(--accent); } .bar.peak { fill: var(--peak); }
            .band { fill: var(--band); } .mean { stroke: var(--peak); stroke-width: 1.5; }
            .dot { fill: var(--accent); stroke: var(--panel); }
            .wait { fill: var(--line); } .chunk { stroke: var(--accent); stroke-width: .8; }
            .events { list-style: none; padding: 0; font-size: .88rem; }
            .events time { font-variant-numeric: tabular-nums; margin-right: 8px; }
            footer { margin-top: 32px; font-size: .82rem; }
            @media (max-width: 900px) {
              table, tbody, tr, th, td { display: block; width: auto; }
              thead { display: none; }
              tr { border-bottom: 1px solid var(--line); padding: 8px 0; }
              th, td { border: 0; padding: 2px 0; text-align: left; }
              td { display: flex; justify-content: space-between; gap: 16px; }
              td > span:last-child { text-align: right; }
              .of { display: inline; flex: none; max-width: 50%; } body { padding: 0 14px 24px; } }
            @media print {
              :root { color-scheme: light; --ink: #000; --faint: #444; --line: #bbb; --page: #fff;
                --panel: #fff; --accent: #1f6fb2; --band: #cfe2f3; --peak: #b4560f; --good: #000;
                --bad: #900; --warn: #fff; --warnink: #000; }
              body { max-width: none; padding: 0; font-size: 10pt; }
              .simulated { border: 2px solid #000; } figure { border: 1px solid #bbb; }
              tr, li { break-inside: avoid; } h2, h3 { break-after: avoid; }
              * { print-color-adjust: exact; } }
            """;

    private PageStyle() {}
}
