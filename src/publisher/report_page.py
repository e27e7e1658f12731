"""The page of a report in HTML: one file that shows itself anywhere, fetches nothing, and prints."""

from collections.abc import Iterable
from html import escape


def report_page(title: str, parts: Iterable[str], styles: str = "") -> bytes:
    """Return the page of a report under its title; `parts` are HTML already, `styles` are added to those of every report."""
    head = HEAD.replace("{title}", escape(title)).replace("{styles}", STYLES + styles.lstrip())
    return f"{head}<h1>{escape(title)}</h1>\n{''.join(parts)}</body>\n</html>\n".encode("utf-8", "replace")


STYLES = """:root { color-scheme: light dark; --good: #1a7f4b; --look: #9a6700; --bad: #c0261d; --rule: #8884; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --look: #e2b340; --bad: #ff8278; --link: #7ab7ff; } }
body { font: 15px/1.7 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin: 0 0 .6em; }
h2 { font-size: 1.25em; margin: 2em 0 .6em; border-bottom: 2px solid var(--rule); }
h3 { font-size: 1em; margin: 1.4em 0 .3em; }
h3 span { font-weight: normal; opacity: .7; margin-left: 1em; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid var(--rule); font-variant-numeric: tabular-nums; }
th { font-weight: normal; opacity: .7; white-space: nowrap; }
td:first-child { white-space: nowrap; }
ul { list-style: none; margin: 0; padding: 0; }
li { overflow-wrap: anywhere; }
code, .place { font-size: .92em; overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .3em 0; }
b { font-weight: 600; }
.passed { color: var(--good); }
.review { color: var(--look); }
.failed, .error { color: var(--bad); }
.none { opacity: .5; }
.problem { margin: .4em 0 .6em 1.2em; padding-left: .8em; border-left: 3px solid var(--rule); }
.problem p { margin: 0; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } .problem, tr { break-inside: avoid; } }
"""
HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
{styles}</style>
</head>
<body>
"""
