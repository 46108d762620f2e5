package dev.stoker.report.page;

/** How the page looks: light, dark and printed, wide and narrow. */
public final class PageStyle {
    public static final String CSS =
            """
            :root { color-scheme: light dark; --ink: #1c2024; --faint: #57626c; --line: #d5dae0;
              --page: #ffffff; --panel: #f6f7f9; --accent: #1f6fb2; --band: #bcd7ee;
              --c0: #1f6fb2; --c1: #b4560f; --c2: #0b7a5c; --c3: #a3347f; --c4: #3d3d8f;
              --c5: #7a6a00; --cut: #d9dde2;
              --peak: #b4560f; --good: #1a7f37; --bad: #b3261e; --warn: #fff1c2; --warnink: #5c4300; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e4e8ec; --faint: #a3aeb9; --line: #363d45; --page: #14171a;
                --panel: #1c2126; --accent: #62aeea; --band: #24455f; --peak: #e08a45;
                --c0: #62aeea; --c1: #e8a06a; --c2: #4fc3a1; --c3: #e58cc6; --c4: #a5a5f0;
                --c5: #d6c44a; --cut: #333a42;
                --good: #56c271; --bad: #ff8a80; --warn: #4a3a08; --warnink: #ffe7a3; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; max-width: 1240px; padding: 0 20px 32px; overflow-wrap: break-word; color: var(--ink);
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
            td small, th small { display: block; font-weight: 400; font-size: .8rem;
              text-wrap: balance; }
            tr.again th { color: transparent; } tr.again th small { color: var(--faint); }
            .of { display: none; }
            .notes { font-size: .82rem; color: var(--faint); margin: 8px 0; padding-left: 22px; }
            .charts { display: grid; gap: 16px; align-items: start;
              grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); }
            .scroll + .charts, table + .charts, .notes + .charts { margin-top: 16px; }
            .charts + h4, table + h4, .notes + h4, ul + h4 { margin-top: 20px; }
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
            .dot { fill: var(--accent); }
            .wait { fill: var(--line); } .chunk { stroke: var(--accent); stroke-width: .8; }
            path { fill: none; stroke-linejoin: round; }
            path.fill { fill: var(--band); stroke: var(--accent); stroke-width: .8; }
            .line { stroke-width: 1.6; } .dots { stroke-width: 4; stroke-linecap: round;
              stroke-opacity: .55; }
            .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
            .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
            .line.c1 { stroke-dasharray: 7 3; } .line.c2 { stroke-dasharray: 2 2.5; }
            .line.c3 { stroke-dasharray: 9 3 2 3; } .line.c4 { stroke-dasharray: 4 2; }
            .line.c5 { stroke-dasharray: 12 3; }
            .dot.c0 { fill: var(--c0); } .dot.c1 { fill: var(--c1); } .dot.c2 { fill: var(--c2); }
            .dot.c3 { fill: var(--c3); } .dot.c4 { fill: var(--c4); } .dot.c5 { fill: var(--c5); }
            .dot { stroke: var(--panel); stroke-width: 1; }
            .crosses { stroke: var(--bad); stroke-width: 1.4; }
            .cut, path.cut { fill: var(--cut); stroke: none; } rect.cut { opacity: .55; }
            .mark { stroke: var(--peak); stroke-width: 1.2; }
            .limit { stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 5 3; }
            svg text.note { fill: var(--ink); paint-order: stroke; stroke: var(--panel);
              stroke-width: 3px; }
            svg.swatch { display: inline-block; width: 20px; height: 8px; margin-right: 6px;
              vertical-align: middle; }
            .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 0;
              margin: 4px 0 0; font-size: .8rem; color: var(--ink); }
            .tiles { display: grid; gap: 10px; margin: 14px 0;
              grid-template-columns: repeat(auto-fit, minmax(min(170px, 100%), 1fr)); }
            .tiles div { background: var(--panel); border-radius: 8px; padding: 10px 14px; }
            .tiles dt { font-size: .8rem; color: var(--faint); }
            .tiles dd { margin: 0; overflow-wrap: anywhere; }
            .tiles b { display: block; font-size: 1.35rem; line-height: 1.3;
              font-variant-numeric: tabular-nums; }
            .tiles small { font-size: .8rem; }
            .remarks { margin: 12px 0; padding: 10px 14px; border-radius: 6px; font-size: .9rem;
              background: var(--warn); color: var(--warnink); }
            .remarks ul { margin: 0; padding-left: 18px; } .remarks p { margin: 6px 0 0; }
            .scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--accent); }
            .scroll td, .scroll th { white-space: nowrap; overflow-wrap: normal; }
            details { margin: 8px 0; font-size: .88rem; }
            summary { cursor: pointer; color: var(--faint); }
            .events { list-style: none; padding: 0; font-size: .88rem; }
            .events time { font-variant-numeric: tabular-nums; margin-right: 8px; }
            footer { margin-top: 32px; font-size: .82rem; }
            @media screen and (max-width: 900px) {
              table, tbody, tr, th, td { display: block; width: auto; }
              thead { display: none; }
              tr { border-bottom: 1px solid var(--line); padding: 8px 0; }
              th, td { border: 0; padding: 2px 0; text-align: left; }
              tr.again th { color: inherit; } .scroll tr.again th { color: transparent; }
              td { display: flex; justify-content: space-between; gap: 16px; }
              td > span:last-child { text-align: right; }
              .of { display: inline; flex: none; max-width: 50%; }
              .scroll table { display: table; } .scroll tbody { display: table-row-group; }
              .scroll thead { display: table-header-group; } .scroll tr { display: table-row; }
              .scroll th, .scroll td { display: table-cell; text-align: right; padding: 5px 8px;
                border-bottom: 1px solid var(--line); }
              .scroll .of { display: none; }
              .scroll th:first-child { text-align: left; position: sticky; left: 0;
                background: var(--page); }
              body { padding: 0 14px 24px; } }
            @page { margin: 12mm; }
            @media print {
              :root { color-scheme: light; --ink: #000; --faint: #444; --line: #bbb; --page: #fff;
                --panel: #fff; --accent: #1f6fb2; --band: #cfe2f3; --peak: #b4560f; --good: #000;
                --c0: #1f6fb2; --c1: #b4560f; --c2: #0b7a5c; --c3: #a3347f; --c4: #3d3d8f;
                --c5: #7a6a00; --cut: #e2e2e2;
                --bad: #900; --warn: #fff; --warnink: #000; }
              body { max-width: none; padding: 0; font-size: 10pt; }
              .simulated, .remarks { border: 2px solid #000; }
              details { display: none; } .tiles div { border: 1px solid #bbb; }
              table { font-size: 7.5pt; } th, td { padding: 2px 4px; }
              td small, th small { font-size: 6.5pt; }
              h2 { margin-top: 20px; } h3 { margin-top: 14px; }
              .charts { grid-template-columns: repeat(3, 1fr); gap: 8px; }
              .scroll { overflow: visible; font-size: 8pt; }
              .scroll td, .scroll th { padding: 3px 4px; white-space: normal; } figure { border: 1px solid #bbb; }
              tr, li { break-inside: avoid; } h2, h3 { break-after: avoid; }
              * { print-color-adjust: exact; } }
            """;

    private PageStyle() {}
}
