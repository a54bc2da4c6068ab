"""The look of report.html: light, quiet, readable in print and without colour."""

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f5f7; color: #1c2026;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 2rem 2rem; background: #fff; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 1rem; }
* + h1 { margin-top: 4rem; padding-top: 2rem; border-top: 2px solid #c9d0d9; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.small { font-size: .85rem; color: #515966; }
.banner { border-left: 5px solid #5b6675; background: #eef0f3; padding: .6rem 1rem; margin: 0 0 1rem; }
.banner.todo { border-color: #b45309; background: #fff4e0; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 0 0 .5rem; }
.facts dt, .origin dt { font-size: .85rem; color: #515966; }
.facts dd { margin: 0; font-weight: 600; }
.origin { margin: 0; font-size: .9rem; }
.origin div { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; padding: .15rem 0; }
.origin dd { margin: 0; overflow-wrap: anywhere; }
.warnings { border: 1px solid #d9a441; border-radius: 6px; padding: .5rem 1rem .6rem; margin-top: 1rem; }
.warnings h2 { margin: 0 0 .25rem; }
.warnings ul { margin: 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { text-align: left; font-size: .85rem; color: #515966; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid #dde1e6; }
thead th { font-size: .85rem; color: #515966; border-bottom: 2px solid #aab2bd; white-space: nowrap; }
tbody th { font-weight: 600; }
.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.pill { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; border: 1px solid #8b95a3;
  background: #f4f5f7; white-space: nowrap; font-weight: 600; font-size: .9rem; }
.pill.present, .pill.mixed_arch { background: #fde8e4; border-color: #b3261e; color: #8c1d18; }
.pill.absent { background: #e5f4ea; border-color: #1e7a3c; color: #14592b; }
.pill.grey { background: #fff4e0; border-color: #b45309; color: #7a3a06; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: flex-start; }
.pictures figure { flex: 1 1 18rem; min-width: 0; max-width: 40rem; }
.legend { list-style: none; margin: .75rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
  font-size: .85rem; color: #515966; }
.dot { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%; border: 1px solid #333a44;
  margin-right: .4rem; vertical-align: -.1rem; }
figure { margin: 0; }
figure img { display: block; width: 100%; height: auto; background: #181a1e; }
figcaption { font-size: .85rem; color: #515966; padding-top: .3rem; overflow-wrap: anywhere; }
footer { max-width: 68rem; margin: 0 auto; padding: 1rem 2rem 2rem; font-size: .85rem; color: #515966; }
@media print {
  @page { margin: 14mm; }
  * + h1 { margin-top: 0; border: 0; break-before: page; }
  body, main { background: #fff; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  footer { max-width: none; padding: 1rem 0 0; }
  table { font-size: 9.5pt; }
  .small, caption { font-size: 8.5pt; }
  h2 { break-after: avoid; }
  tr, figure, .banner, .warnings { break-inside: avoid; }
  .scroll { overflow: visible; }
  .pictures figure { flex-basis: 40%; }
  .pill, .banner, .dot, figure img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
