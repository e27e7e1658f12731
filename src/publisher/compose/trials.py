"""Clinical trials at a glance: every trial the volume cites, its figures as the cases print them apart from those published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from publisher import book
from publisher.book import Heading, Kind, Line, Pages, Paragraph, Section, Text, plain
from publisher.case import UNPRINTED, Case, Comment, Evidence
from publisher.catalogue import Catalogue, Trial, TrialEndpoint
from publisher.collection import VolumeSource
from publisher.compose.collation import COLLATION
from publisher.compose.marks import Marks
from publisher.compose.tables import MEASURE_EM, Tables, joined
from publisher.lexicon import lexicon
from publisher.written import leaves

TITLE = "临床试验一览"
LEXICON = "trials"
EXPLAINED = (
    "收本卷各例正文与编者按引用的临床试验。“病例所载”照录原稿读数，与文献不符处不改，疑问见该例编者按；"
    "“文献所载”由编者取自公开发表的论文，表中加底色，以资对照。例号后括号内为引用该试验之页。"
)
IN_CASES, PUBLISHED = "病例所载（原稿读数）", "文献所载（公开发表）"


class Row(NamedTuple):
    """A line of a trial's table, from a case or from the literature."""

    endpoint: str
    experimental: str = ""
    control: str = ""
    effect: str = ""
    p: str = ""
    remark: str = ""
    source: Line = ()


def trials_section(source: VolumeSource, catalogue: Catalogue, letter: str, measure_em: float = MEASURE_EM) -> list[Section]:
    """Return the section in a list, or an empty list where the volume cites no trial."""
    cases = citing(source, catalogue)
    cited = sorted((trial for trial in catalogue.trials if str(trial.name) in cases), key=lambda trial: trial.name.casefold())
    if not cited:
        return []
    tables = Tables("trials", letter, Marks.none(), measure_em)
    blocks: list[book.Block] = [Heading(plain(TITLE), 1, "trials-h"), Paragraph(plain(EXPLAINED), "aid")]
    for trial in cited:
        blocks += trial_blocks(trial, cases[str(trial.name)], tables)
    return [Section("trials", "trials", TITLE, tuple(blocks), running_head=TITLE)]


class Citation(NamedTuple):
    """Where a case cites a trial: in its text, in a note on its pages, or in a reason that only the collation prints."""

    case: Case
    noted: bool
    collated: bool


def citing(source: VolumeSource, catalogue: Catalogue) -> dict[str, list[Citation]]:
    """Return for the name of each trial the cases that cite it."""
    words = lexicon(LEXICON, catalogue.trials)
    found: dict[str, list[Citation]] = {}
    for slug in source.volume.case_ids:
        texts: dict[str, list[str]] = {"text": [], "note": [], "reason": []}
        for path, leaf in leaves(source.trees[str(slug)]):
            if UNPRINTED.isdisjoint(path):
                texts["text" if path[0] != "notes" else "reason" if path[-1] in ("reason", "source") else "note"].append(leaf)
        names = {place: words.standing_in("\n".join(told)) for place, told in texts.items()}
        for name in dict.fromkeys([*names["text"], *names["note"], *names["reason"]]):
            noted = name not in names["text"]
            found.setdefault(name, []).append(Citation(source.cases[slug], noted, noted and name not in names["note"]))
    return found


def trial_blocks(trial: Trial, cases: list[Citation], tables: Tables) -> Iterator[book.Block]:
    """Yield the table of a trial and, below it, who was studied, where it is cited and where published."""
    evidence = [(case, item) for case in (citation.case for citation in cases) for item in evidence_of(case) if item.trial and item.trial.entry is trial]
    printed = [row for case, item in evidence for row in rows_of(case, item)]
    published = [published_row(endpoint) for endpoint in trial.endpoints]
    groups = [(0, lambda: plain(IN_CASES))] if printed else []
    groups += [(len(printed), lambda: plain(PUBLISHED))] if published else []
    table = tables.table(
        str(trial.name), [*printed, *published],
        [
            ("终点", Kind.TEXT, lambda row: plain(row.endpoint)),
            ("试验组", Kind.FIGURE, lambda row: plain(row.experimental)),
            ("对照组", Kind.FIGURE, lambda row: plain(row.control)),
            ("效应值（95%CI）", Kind.FIGURE, lambda row: plain(row.effect)),
            ("P值", Kind.FIGURE, lambda row: plain(row.p)),
            ("说明", Kind.TEXT, lambda row: plain(row.remark) or None),
            ("出处", Kind.TERM, lambda row: row.source),
        ],
        groups, style="list trial published-last" if published else "list trial",
    )  # fmt: skip
    yield from (replace(item, key=True) for item in table)
    if not table:
        yield Heading(plain(trial.name), 2, f"trial-{trial.id}", key=True)
    kind = "，".join(filter(None, [f"{trial.phase}期" if trial.phase else "", str(trial.nct or ""), f"{trial.n}例" if trial.n else ""]))
    told = (
        ("研究", plain(f"{trial.zh}（{kind}）" if kind else trial.zh)),
        ("病例所载", plain("；".join(dict.fromkeys(setting(item.population, item.arms) for _, item in evidence if item.population or item.arms)))),
        ("文献所载", plain(setting(trial.population, trial.arms))),
        ("引用", joined([cited_in(trial, citation) for citation in cases], "、")),
        ("文献", plain(trial.citation)),
    )
    yield from (Paragraph((book.Run(plain(label)), *line), "trial") for label, line in told if line)


def evidence_of(case: Case) -> Iterator[Evidence]:
    def inside(comment: Comment) -> Iterator[Evidence]:
        yield from comment.evidence
        for inner in comment.sections:
            yield from inside(inner)

    for comment in case.commentary:
        yield from inside(comment)


def setting(population: str | None, arms: list) -> str:
    """Say who was studied and what was compared."""
    compared = f"比较{'，'.join(f'（{number}）{arm}' for number, arm in enumerate(arms, 1))}" if arms else ""
    return "；".join(filter(None, [str(population or ""), compared]))


def cited_in(trial: Trial, citation: Citation) -> Line:
    section = COLLATION if citation.collated else str(citation.case.id)
    how = "，校勘记）" if citation.collated else "，编者按）" if citation.noted else "）"
    return (Text(f"例{citation.case.number}（"), Pages(LEXICON, str(trial.name), section=section), Text(how))


def rows_of(case: Case, evidence: Evidence) -> Iterator[Row]:
    for result in evidence.results:
        parts = (result.experimental, result.control, result.effect, result.p, result.remark)
        yield Row(str(result.endpoint), *(str(part or "") for part in parts), plain(f"例{case.number}"))


def published_row(endpoint: TrialEndpoint) -> Row:
    experimental, _, control = (endpoint.result or "").partition(" vs ")
    effect = f"HR {endpoint.hr}" if endpoint.hr else ""
    interval = f"（{endpoint.ci}）" if endpoint.ci else ""
    return Row(str(endpoint.name), experimental, control, f"{effect}{interval}", str(endpoint.p or ""), "", plain("文献"))
