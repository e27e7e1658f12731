"""The review sheet: every finding of a volume for a clinician to judge, on paper or on a screen, without a line of YAML.

One page of HTML that needs no other file and runs no script: where the words stand, the passage, the doubt, boxes to tick,
room for an answer, a place to sign at the end of each case.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from publisher.collection import VolumeSource
from publisher.fields import in_words
from publisher.lint.queries import Examined, Query
from publisher.problems import Severity
from publisher.rules import FAMILIES
from publisher.written import Written, leaves

VERDICTS = ("属实", "不属实", "待查")
AROUND = 60
"""Characters of a long passage that are shown on either side of what is meant."""
MOST_OTHERS = 4
"""Other places that are shown with a finding."""
KINDS = {Severity.ERROR: "须改", Severity.REVIEW: "待核"}
SETTLED = {"note": "已加编者按", "waiver": "编者已判定无误"}


def as_html(examined: Iterable[tuple[VolumeSource, Examined]], day: str = "") -> bytes:
    """Return the sheet of some volumes; `day` is printed as its date."""
    listed = list(examined)
    parts = [HEAD, *(sheet(source, examination, day) for source, examination in listed), "</body>\n</html>\n"]
    return "".join(parts).encode("utf-8", "replace")


def sheet(source: VolumeSource, examination: Examined, day: str) -> str:
    volume = source.volume
    queries = sorted(examination.queries, key=lambda query: bool(query.settled_by))
    open_ = sum(not query.settled_by for query in queries)
    parts = [
        f"<section>\n<h1>{escape(volume.title)}　审读单</h1>\n",
        f'<p class="lead">{escape(volume.edition)}{f"，{escape(day)}" if day else ""}。程序逐例核对全卷，列出 {len(queries)} 处疑点：'
        f"{open_} 处尚待裁定，{len(queries) - open_} 处编者已加按语或已判定。每处请勾选一项；属实者请写明正确的内容，不属实者请写明理由。</p>\n",
        overview(queries),
    ]
    number = 0
    for case in [*volume.case_ids, ""]:
        inside = [query for query in queries if query.case == case]
        if not inside:
            continue
        known = source.cases.get(case)
        title = f"例{known.number}　{known.title}" if known else "各例以外"
        parts.append(f'<section class="case">\n<h2>{escape(title)}<span>{len(inside)} 处</span></h2>\n')
        places = paths(source, inside)
        for settled, group in groupby(inside, key=lambda query: bool(query.settled_by)):
            if settled:
                parts.append("<h3>编者已处理，请复核</h3>\n")
            for query in group:
                number += 1
                parts.append(entry(number, query, places))
        parts.append(SIGNATURE + "</section>\n")
    if not queries:
        parts.append("<p>没有疑点。</p>\n")
    return "".join([*parts, "</section>\n"])


def overview(queries: list[Query]) -> str:
    """Return one row a family of rules: how many findings, how many open."""
    rows = []
    for family, words in FAMILIES.items():
        inside = [query for query in queries if query.rule.family == family]
        if inside:
            settled = sum(bool(query.settled_by) for query in inside)
            rows.append(f"<tr><td>{escape(words)}</td><td>{len(inside)}</td><td>{len(inside) - settled}</td><td>{settled}</td></tr>\n")
    if not rows:
        return ""
    heads = "<tr><th>类别</th><th>疑点</th><th>待裁定</th><th>已处理</th></tr>"
    return f'<table class="overview">\n<thead>{heads}</thead>\n<tbody>\n{"".join(rows)}</tbody>\n</table>\n'


def paths(source: VolumeSource, queries: Iterable[Query]) -> dict[tuple, str]:
    """Say in words where each scalar of the findings stands, by its place."""
    files = {text.place.path for query in queries for text in (query.finding.at, *query.finding.also)}
    found = {}
    for tree in (*source.trees.values(), *source.other_trees):
        if tree.place.path in files:
            found.update({(leaf.place, str(leaf)): in_words(tree, path) for path, leaf in leaves(tree)})
    return found


def entry(number: int, query: Query, places: dict[tuple, str]) -> str:
    return "".join(lines(number, query, places))


def lines(number: int, query: Query, places: dict[tuple, str]) -> Iterator[str]:
    finding = query.finding
    kind = KINDS[query.rule.severity]
    yield f'<article class="{query.rule.severity}">\n<div class="what"><p class="head"><b>{number}</b> <i>{kind}</i> {escape(finding.message)}'
    yield f'<code>{escape(query.rule.code)}</code></p>\n<p class="where">{escape(where(finding.at, places))}</p>\n'
    yield f"<blockquote>{passage(finding.at, finding.found)}</blockquote>\n"
    others = list(dict.fromkeys((where(other, places), str(other)) for other in finding.also if other.place != finding.at.place))
    for place, words in others[:MOST_OTHERS]:
        yield f'<p class="also"><span>对照　{escape(place)}</span>　{passage(words, "")}</p>\n'
    if len(others) > MOST_OTHERS:
        yield f'<p class="also"><span>对照另有 {len(others) - MOST_OTHERS} 处</span></p>\n'
    if finding.found and finding.found not in finding.at:
        yield f'<p class="said">核对所得：{escape(finding.found)}</p>\n'
    if finding.hint:
        yield f'<p class="said">建议：{escape(finding.hint)}</p>\n'
    if query.rule.source:
        yield f'<p class="said">依据：{escape(query.rule.source)}</p>\n'
    if query.settled_by:
        yield f'<p class="said settled">{SETTLED[query.settled_by.kind]}：{escape(query.settled_by.words)}</p>\n'
    boxes = "".join(f"<li>{verdict}</li>" for verdict in VERDICTS)
    yield f'</div>\n<div class="answer"><ul>{boxes}</ul><p>正确内容或理由：</p></div>\n</article>\n'


def where(text: Written, places: dict[tuple, str]) -> str:
    return places.get((text.place, str(text)), str(text.place))


def passage(text: str, found: str) -> str:
    """Return the words of a scalar, cut around what is meant, which is marked."""
    at = text.find(found) if found else -1
    start, end = (at, at + len(found)) if at >= 0 else (0, 0)
    first, last = max(0, start - AROUND), min(len(text), max(end, 1) + AROUND)
    before, after = f"{'……' if first else ''}{text[first:start]}", f"{text[end:last]}{'……' if last < len(text) else ''}"
    marked = f"<mark>{escape(text[start:end])}</mark>" if end else ""
    return f"{escape(before)}{marked}{escape(after)}"


SIGNATURE = '<p class="sign">审读人<span></span>日期<span></span></p>\n'

HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>审读单</title>
<style>
@page { size: A4; margin: 16mm 16mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
:root { --red: #a3261b; --line: #999; --soft: #555; }
* { box-sizing: border-box; }
body { font: 14px/1.6 "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif; color: #111; }
body { max-width: 190mm; margin: 1.5em auto; padding: 0 1em; }
h1, h2, h3, .head, th, i, .sign, .answer { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 20px; margin: 0 0 .4em; }
h2 { font-size: 16px; margin: 1.6em 0 .6em; padding-bottom: .2em; border-bottom: 1.5px solid #111; break-after: avoid; }
h2 span { float: right; font-weight: normal; font-size: 13px; color: var(--soft); }
h3 { font-size: 13px; margin: 1.2em 0 .4em; color: var(--soft); break-after: avoid; }
.lead { margin: 0 0 1em; }
table.overview { border-collapse: collapse; margin: 0 0 1em; }
.overview th, .overview td { text-align: left; padding: .15em 1.6em .15em 0; border-bottom: 1px solid var(--line); font-weight: normal; }
.overview th { color: var(--soft); font-size: 12px; }
.overview td + td, .overview th + th { text-align: right; padding: .15em 0 .15em 1.6em; font-variant-numeric: tabular-nums; }
article { display: grid; grid-template-columns: 1fr 46mm; gap: 0 5mm; padding: .45em 0; border-top: 1px solid var(--line); break-inside: avoid; }
h2 + article, h3 + article { border-top: 0; }
.head { margin: 0; font-weight: 600; }
.head b { display: inline-block; min-width: 1.6em; }
.head i { font-style: normal; font-weight: normal; font-size: 11px; border: 1px solid; border-radius: 2px; padding: 0 .35em; margin-right: .3em; }
.head i { color: var(--soft); }
.error .head i { color: var(--red); }
.head code { font-weight: normal; font-size: 11px; color: var(--soft); margin-left: .6em; white-space: nowrap; }
.where { margin: .15em 0 0; font-size: 12px; color: var(--soft); }
blockquote { margin: .1em 0 .3em; padding: .1em .7em; border-left: 2px solid var(--line); overflow-wrap: anywhere; }
mark { background: none; border-bottom: 2px solid var(--red); padding-bottom: 1px; }
.also { margin: .1em 0; padding-left: .7em; border-left: 2px dotted var(--line); font-size: 13px; overflow-wrap: anywhere; }
.also span { font-size: 12px; color: var(--soft); }
.said { margin: .1em 0; font-size: 13px; }
.settled { color: var(--soft); }
.answer { border-left: 1px dotted var(--line); padding-left: 4mm; font-size: 12px; min-height: 16mm; }
.answer ul { list-style: none; display: flex; justify-content: space-between; margin: 0; padding: 0; }
.answer li::before { content: ""; display: inline-block; width: 3mm; height: 3mm; border: 1px solid #111; margin-right: 1.2mm; vertical-align: -.4mm; }
.answer p { margin: .4em 0 0; color: var(--soft); }
.sign { margin: 1.6em 0 0; text-align: right; font-size: 13px; break-before: avoid; }
.sign span { display: inline-block; width: 32mm; border-bottom: 1px solid #111; margin: 0 6mm 0 2mm; }
@media (max-width: 640px) { article { grid-template-columns: 1fr; } .answer { border-left: 0; padding: .4em 0 0; } }
@media print {
  body { font-size: 9.5pt; line-height: 1.5; max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 15pt; }
  h2 { font-size: 12pt; }
}
</style>
</head>
<body>
"""
