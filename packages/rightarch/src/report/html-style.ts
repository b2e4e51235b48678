/** The look of the page: light and dark as the reader's system has it, one column on a phone, printable. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #59636e; --line: #d8dee4;
  --good: #116329; --good-ground: #dafbe1; --bad: #a40e26; --bad-ground: #ffebe9; --open: #7d4e00; --open-ground: #fff8c5;
  --bar: #54aeff; --shared: #8250df; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --panel: #161b22; --ink: #e6edf3; --soft: #9198a1; --line: #30363d;
  --good: #56d364; --good-ground: #12261e; --bad: #ff7b72; --bad-ground: #2d1316; --open: #e3b341; --open-ground: #272115;
  --bar: #1f6feb; --shared: #a371f7; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Hiragino Sans",
  "Noto Sans CJK JP", "Noto Sans CJK KR", "Apple SD Gothic Neo", sans-serif; }
body > * { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
main > section { margin: 2.5rem 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
code, .mono { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
code { background: color-mix(in srgb, var(--ink) 8%, transparent); border-radius: 4px; padding: .1em .3em; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.verdict { display: inline-block; border-radius: 2em; padding: .05em .7em; font-weight: 600; font-size: .875rem; white-space: nowrap; }
.proven { color: var(--good); background: var(--good-ground); }
.refuted, .error { color: var(--bad); background: var(--bad-ground); }
.undecided, .warning { color: var(--open); background: var(--open-ground); }
.note { color: var(--soft); background: var(--panel); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: .8125rem; color: var(--soft); font-weight: 600; background: var(--panel); }
tbody th { font-weight: 600; white-space: nowrap; }
td.start { min-width: 16rem; overflow-wrap: anywhere; }
td.code { min-width: 8rem; }
.wide + .wide { margin-top: 1rem; }
.finding { border: 1px solid var(--line); border-left-width: 4px; border-radius: 8px; padding: .75rem 1rem; margin: 0 0 .75rem; background: none; color: inherit; }
.finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--open); } .finding.note { border-left-color: var(--line); }
.finding p { margin: 0 0 .35rem; overflow-wrap: anywhere; }
.finding dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .75rem; margin: .5rem 0 0; font-size: .875rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 0 0 .75rem; }
summary { cursor: pointer; padding: .6rem 1rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
summary::before { content: "▸"; color: var(--soft); } details[open] > summary::before { content: "▾"; }
summary::-webkit-details-marker { display: none; }
details > :not(summary) { margin: 0; padding: 0 1rem .75rem; }
ol.layers, ul.steps { list-style: none; }
.layers li { display: grid; grid-template-columns: 3.5rem 5rem 1fr; gap: 0 .75rem; padding: .35rem 0; border-top: 1px solid var(--line); align-items: baseline; }
.layers .what { overflow-wrap: anywhere; min-width: 0; }
.bar { display: block; height: 4px; border-radius: 2px; background: var(--bar); margin-top: .35rem; min-width: 2px; }
.shared .bar { background: var(--shared); }
.mark { color: var(--shared); font-size: .8125rem; }
.steps li { padding: .3rem 0; border-top: 1px solid var(--line); display: grid; grid-template-columns: 1.25rem 1fr; gap: 0 .5rem; }
.steps .yes { color: var(--good); } .steps .no { color: var(--bad); } .steps .open { color: var(--open); }
.steps span { overflow-wrap: anywhere; min-width: 0; }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-bottom: 2rem; }
@media (max-width: 40rem) {
  .finding dl { grid-template-columns: 1fr; gap: 0; } .finding dd { margin-bottom: .25rem; }
  .layers li { grid-template-columns: 3rem 1fr; } .layers .what { grid-column: 1 / -1; }
  .matrix thead { display: none; } .matrix tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .matrix tbody tr:last-child { border-bottom: 0; }
  .matrix th, .matrix td { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; border: 0; padding: .2rem .75rem; white-space: normal; overflow-wrap: anywhere; }
  .matrix td::before { content: attr(data-label); color: var(--soft); font-size: .8125rem; }
  .matrix th { display: block; }
  .matrix td.start, .matrix td.code { min-width: 0; }
  .matrix .verdict { justify-self: start; align-self: start; }
}
@media print { details { break-inside: avoid; } .wide { overflow: visible; } }
`;
