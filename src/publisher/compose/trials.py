"""Clinical trials at a glance: every trial the volume cites, its figures as the cases print them apart from those published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from publisher import book
from publisher.book import Heading, Kind, Line, Pages, Paragraph, Section, Text, plain
from publisher.case import Case, Comment, Evidence
from publisher.catalogue import Catalogue, Trial, TrialEndpoint
from publisher.collection import VolumeSource
from publisher.compose.marks import Marks
from publisher.compose.tables import Tables, joined
from publisher.lexicon import lexicon
from publisher.written import leaves

TITLE = "临床试验一览"
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


def trials_section(source: VolumeSource, catalogue: Catalogue, letter: str) -> list[Section]:
    """Return the section in a list, or an empty list where the volume cites no trial."""
    cases = citing(source, catalogue)
    cited = sorted((trial for trial in catalogue.trials if str(trial.name) in cases), key=lambda trial: trial.name.casefold())
    if not cited:
        return []
    tables = Tables("trials", letter, Marks.none(source))
    blocks: list[book.Block] = [Heading(plain(TITLE), 1, "trials-h"), Paragraph(plain(EXPLAINED), "aid")]
    for trial in cited:
        blocks += trial_blocks(trial, cases[str(trial.name)], tables)
    return [Section("trials", "trials", TITLE, tuple(blocks), running_head=TITLE)]


def citing(source: VolumeSource, catalogue: Catalogue) -> dict[str, list[tuple[Case, bool]]]:
    """Return for the name of each trial the cases that cite it, each with whether only its editor's notes do."""
    words = lexicon("trials", catalogue.trials)
    found: dict[str, list[tuple[Case, bool]]] = {}
    for slug in source.volume.case_ids:
        texts: dict[bool, list[str]] = {False: [], True: []}
        for path, leaf in leaves(source.trees[str(slug)]):
            texts[path[0] == "notes"].append(leaf)
        told = words.standing_in("\n".join(texts[False]))
        for name in dict.fromkeys([*told, *words.standing_in("\n".join(texts[True]))]):
            found.setdefault(name, []).append((source.cases[slug], name not in told))
    return found


def trial_blocks(trial: Trial, cases: list[tuple[Case, bool]], tables: Tables) -> Iterator[book.Block]:
    """Yield the table of a trial and, below it, who was studied, where it is cited and where published."""
    evidence = [(case, item) for case, _ in cases for item in evidence_of(case) if item.trial and item.trial.entry is trial]
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
        ("引用", joined([cited_in(trial, case, only_notes) for case, only_notes in cases], "、")),
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


def cited_in(trial: Trial, case: Case, only_notes: bool) -> Line:
    return (Text(f"例{case.number}（"), Pages("trials", str(trial.name), section=str(case.id)), Text("，编者按）" if only_notes else "）"))


def rows_of(case: Case, evidence: Evidence) -> Iterator[Row]:
    for result in evidence.results:
        parts = (result.experimental, result.control, result.effect, result.p, result.remark)
        yield Row(str(result.endpoint), *(str(part or "") for part in parts), plain(f"例{case.number}"))


def published_row(endpoint: TrialEndpoint) -> Row:
    experimental, _, control = (endpoint.result or "").partition(" vs ")
    effect = f"HR {endpoint.hr}" if endpoint.hr else ""
    interval = f"（{endpoint.ci}）" if endpoint.ci else ""
    return Row(str(endpoint.name), experimental, control, f"{effect}{interval}", str(endpoint.p or ""), "", plain("文献"))
