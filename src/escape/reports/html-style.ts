/** The page's only style sheet. Fonts and colours of the reader's system; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1b1f24; --muted: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --idle: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --fg: #e6edf3; --muted: #9198a1; --line: #30363d;
  --panel: #161b22; --good: #3fb950; --bad: #ff7b72; --warn: #d29922; --idle: #9198a1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: var(--bg); color: var(--fg);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; line-height: 1.2; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: .5rem 0; } ul { padding-left: 1.25rem; } li { margin: .2rem 0; }
a { color: inherit; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { margin: .25rem 0; white-space: pre-wrap; background: var(--panel); border: 1px solid var(--line);
  border-radius: 6px; padding: .5rem .75rem; }
.muted, .none { color: var(--muted); }
.banner { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; border-left: 6px solid var(--idle);
  background: var(--panel); padding: .75rem 1rem; margin: .75rem 0; border-radius: 0 6px 6px 0; }
.banner.good { border-color: var(--good); } .banner.bad { border-color: var(--bad); }
.banner.unsure { border-color: var(--warn); } .banner strong { font-size: 1.05rem; }
.chip { display: inline-block; font-size: .8rem; line-height: 1.4; padding: 0 .5rem; border: 1px solid currentColor;
  border-radius: 1rem; white-space: nowrap; }
.chip.contained, .better { color: var(--good); } .chip.escaped, .chip.error, .worse { color: var(--bad); }
.chip.weak, .chip.not-tested { color: var(--warn); } .chip.not-applicable { color: var(--idle); }
.chip.escaped { color: var(--bg); background: var(--bad); border-color: var(--bad); font-weight: 600; }
.bar { display: flex; height: .6rem; border-radius: .3rem; overflow: hidden; background: var(--line); }
.bar .contained { background: var(--good); } .bar .escaped, .bar .error { background: var(--bad); }
.bar .weak, .bar .not-tested { background: var(--warn); } .bar .not-applicable { background: var(--idle); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 1fr)); gap: .5rem 1.5rem; margin: .5rem 0; }
.facts dt { color: var(--muted); font-size: .85rem; } .facts dd { margin: 0; }
.score { display: grid; gap: .6rem; }
.score > div { display: grid; grid-template-columns: minmax(9rem, 14rem) minmax(4rem, 10rem) 1fr; gap: .25rem 1rem; align-items: center; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td:first-child { min-width: 9rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: 0 .75rem; break-inside: avoid; }
summary { cursor: pointer; padding: .45rem 0; display: flex; flex-wrap: wrap; gap: .15rem .75rem; align-items: baseline; }
summary .chip { min-width: 7.5rem; text-align: center; } summary code { color: var(--muted); }
details dl { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .35rem .75rem; margin: .25rem 0 .75rem; }
details dt { color: var(--muted); font-size: .875rem; } details dd { margin: 0; } details pre { margin: 0; }
@media (max-width: 640px) { summary > span:nth-child(2) { flex-basis: 100%; order: 1; } .score > div, details dl { grid-template-columns: minmax(0, 1fr); gap: .15rem; }
  details dd { margin-bottom: .4rem; } .score > div { padding-bottom: .4rem; border-bottom: 1px solid var(--line); } }
@media print { :root { --bg: #fff; --fg: #000; --muted: #444; --line: #bbb; --panel: #fff; }
  body { max-width: none; padding: 0; font-size: 11px; } details::details-content { content-visibility: visible; block-size: auto; }
  h2, h3 { break-after: avoid; } .wide { overflow: visible; } * { print-color-adjust: exact; } }
`;
