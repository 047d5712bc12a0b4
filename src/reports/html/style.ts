/** How the page looks, in light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2430; --quiet: #5b6675; --line: #dde2e9; --sunk: #eef1f5;
  --link: #0b5cad; --focus: #0b5cad;
  --ok: #2c8f5b; --changed: #d99a00; --failed: #cf2f3a; --soft: #b9c2cd; --odd: #7b5fc7;
  --ok-text: #1d7446; --changed-text: #8a5a00; --failed-text: #b4202b; --odd-text: #5f45a8;
  --add: #e2f5e9; --del: #fde8e9; --shadow: 0 1px 2px #1c24301a, 0 1px 6px #1c24300f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --text: #e3e8ef; --quiet: #9aa6b5; --line: #2c3542; --sunk: #222a35;
    --link: #7ab8ff; --focus: #7ab8ff;
    --ok: #3fae74; --changed: #e5b03a; --failed: #ef5661; --soft: #4d5968; --odd: #9d86e0;
    --ok-text: #6bd09a; --changed-text: #f0c25c; --failed-text: #ff8890; --odd-text: #bba8f2;
    --add: #173626; --del: #48222a; --shadow: 0 1px 2px #0006;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 88rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
h1, h2, h3, p { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-bottom: .75rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.heading { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; }
.about { color: var(--quiet); margin-top: .25rem; }
.verdict { padding: .1rem .8rem; border-radius: 1rem; font-weight: 600; color: #fff; background: var(--quiet); }
.verdict.ok { background: #1d7446; }
.verdict.failed { background: #b4202b; }
.verdict.interrupted { background: #5f45a8; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow);
  padding: 1rem 1.25rem 1.25rem; margin-top: 1.25rem; }

.filter { display: none; flex-wrap: wrap; align-items: center; gap: .75rem; position: sticky; top: 0; z-index: 5;
  padding: .75rem 0; margin-top: .5rem; background: var(--page); }
.js .filter { display: flex; }
fieldset { display: flex; flex-wrap: wrap; gap: .5rem; border: 0; padding: 0; margin: 0; min-width: 0; }
.choice { display: inline-flex; align-items: baseline; gap: .35rem; padding: .3rem .8rem; cursor: pointer;
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; border-left: 4px solid var(--soft); }
.choice strong { font-variant-numeric: tabular-nums; }
.choice input { position: absolute; opacity: 0; pointer-events: none; }
.choice:has(:checked) { border-color: var(--focus); box-shadow: inset 0 0 0 1px var(--focus); }
.choice:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 2px; }
.choice.ok { border-left-color: var(--ok); } .choice.changed { border-left-color: var(--changed); }
.choice.failed, .choice.unreachable { border-left-color: var(--failed); }
.choice.interrupted, .choice.stopped { border-left-color: var(--odd); }
input[type=search] { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: .3rem .7rem; width: 14rem; max-width: 100%; }
#shown { color: var(--quiet); font-variant-numeric: tabular-nums; }

table { border-collapse: collapse; width: 100%; }
.scroll { overflow-x: auto; }
th { text-align: left; font-weight: 500; }
thead th { color: var(--quiet); font-size: .85rem; }
.recap th, .recap td, .tasks th, .tasks td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.recap tbody tr:hover { background: var(--sunk); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.recap tbody th { overflow-wrap: anywhere; min-width: 9rem; }
.recap td.number { font-weight: 600; }
.recap td.zero { color: var(--quiet); font-weight: 400; opacity: .6; }
.recap td.number:last-child { font-weight: 400; color: var(--quiet); }
td.ok { color: var(--ok-text); } td.changed { color: var(--changed-text); }
td.failed, td.unreachable { color: var(--failed-text); }
td.rescued, td.ignored { color: var(--odd-text); }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 6px; font-size: .85rem; white-space: nowrap;
  background: var(--sunk); color: var(--quiet); }
.badge.ok { color: var(--ok-text); } .badge.changed { color: var(--changed-text); }
.badge.failed, .badge.unreachable { color: var(--failed-text); font-weight: 600; }
.badge.ignored, .badge.rescued, .badge.interrupted, .badge.stopped { color: var(--odd-text); }

.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 0 0 .75rem; padding: 0;
  color: var(--quiet); font-size: .85rem; }
.swatch { display: inline-block; width: .9rem; height: .7rem; border-radius: 2px; margin-right: .4rem; }
.gantt { --row: 22px; max-height: 75vh; overflow: auto; }
.gantt.many { --row: 15px; font-size: .8rem; line-height: 1.1; }
.gantt table { table-layout: fixed; min-width: 40rem; }
.gantt th { width: 11rem; padding: 0 .75rem 0 0; font-weight: 400; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.gantt td { padding: 0; }
.gantt thead th, .gantt thead td { position: sticky; top: 0; z-index: 2; background: var(--card);
  height: 1.8rem; border-bottom: 1px solid var(--line); }
.track { position: relative; height: var(--row); margin-right: 3.5rem; }
.gantt tbody tr:nth-child(even) td { background: var(--sunk); }
.gantt tbody tr:hover .track { box-shadow: inset 0 0 0 1px var(--line); }
.ruler .track { height: 1.8rem; }
.tick { position: absolute; bottom: 0; padding-left: .3rem; border-left: 1px solid var(--line); color: var(--quiet);
  font-size: .75rem; white-space: nowrap; }
.bar { position: absolute; top: 3px; bottom: 3px; min-width: 3px; border-radius: 2px; box-shadow: 0 0 0 .5px var(--card); }
.gantt.many .bar { top: 2px; bottom: 2px; min-width: 2px; }
a.bar:hover, a.bar:focus { z-index: 1; filter: brightness(1.15); outline: 2px solid var(--text); outline-offset: 0; }
.stretch { background: var(--soft); opacity: .75; }
.bar.ok, .swatch.ok { background: var(--ok); }
.bar.changed, .swatch.changed { background: var(--changed); }
.bar.skipped, .swatch.skipped { background: var(--soft); }
.bar.failed, .swatch.failed { background: repeating-linear-gradient(135deg, var(--failed) 0 4px, #7d1119 4px 6px); }
.bar.failed { z-index: 1; min-width: 5px; }
.bar.ignored, .swatch.ignored, .bar.rescued, .swatch.rescued, .bar.interrupted, .swatch.interrupted {
  background: repeating-linear-gradient(45deg, var(--odd) 0 4px, transparent 4px 6px), var(--sunk); }

.failure { border-left: 4px solid var(--failed); padding: .1rem 0 .1rem .9rem; }
.failure + .failure, .more, .more .failure { margin-top: 1rem; }
.more > summary { color: var(--link); }
.failure h3 { font-size: 1rem; overflow-wrap: anywhere; }
.failure .task { font-weight: 400; color: var(--text); margin-left: .5rem; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { margin: .4rem 0; padding: .6rem .8rem; background: var(--sunk); border-radius: 6px; overflow: auto; max-height: 30rem;
  font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre; }
details.host { border-top: 1px solid var(--line); padding: .35rem 0; scroll-margin-top: 5rem; }
details.host:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; }
details.host > summary .name { display: inline-block; min-width: 14rem; overflow-wrap: anywhere; }
.tasks { table-layout: fixed; min-width: 44rem; }
.tasks th, .tasks td { overflow-wrap: break-word; }
.tasks thead th:nth-child(1) { width: 26%; } .tasks thead th:nth-child(2) { width: 9rem; } .tasks thead th:nth-child(3) { width: 5rem; }
.tasks tr:target { background: var(--sunk); box-shadow: inset 3px 0 0 var(--focus); }
.tasks tr { scroll-margin: 6rem; }
.tasks .play th { font-weight: 600; color: var(--quiet); border: 0; padding-top: .9rem; }
.changes { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.note { color: var(--quiet); padding: .3rem .6rem; }
.output > summary { color: var(--quiet); }
.add { background: var(--add); display: block; } .del { background: var(--del); display: block; }
.hunk, .file { color: var(--quiet); } .file { font-weight: 600; }
#tip { position: fixed; z-index: 10; max-width: 30rem; padding: .5rem .75rem; pointer-events: none; overflow-wrap: anywhere;
  background: #10151c; color: #eef2f7; border: 1px solid #3a4655; border-radius: 8px; font-size: .85rem; box-shadow: 0 4px 16px #0005; }
#tip .title { font-weight: 600; } #tip .quiet { opacity: .75; } #tip .change::before { content: "› "; opacity: .7; }
@media print { .js .filter, #tip { display: none; } body { max-width: none; padding: 0; } .gantt { max-height: none; } }
`;
