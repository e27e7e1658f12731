"""The chapter 本版修订说明: what changed in the facts since an earlier revision, case by case."""

from publisher import book
from publisher.book import Heading, Kind, Paragraph, Section, plain
from publisher.changes import KIND_WORDS, Change, Changes, excerpts
from publisher.changes import Kind as Done
from publisher.collection import VolumeSource
from publisher.compose.dates import policy, rewritten
from publisher.compose.marks import Marks
from publisher.compose.tables import Tables
from publisher.volume import Dosing

TITLE = "本版修订说明"


def changes_section(changes: Changes | None, source: VolumeSource) -> list[Section]:
    """Return the chapter, or nothing where nothing is to be compared."""
    if changes is None:
        return []
    facts = [item for item in changes.items if not item.is_note]
    notes = [item for item in changes.items if item.is_note]
    since = f"（{changes.day}）" if changes.day else ""
    said = f"自前一版本{since}以来，病例事实与数值没有改动。"
    if facts:
        said = f"本章列出自前一版本{since}以来病例事实与数值的改动，共{len(facts)}处；只涉及版式与书写形式者不列。"
    blocks: list[book.Block] = [Heading(plain(TITLE), 1, "changes-h"), Paragraph(plain(said))]
    if notes:
        counts = [(word, sum(item.kind is kind for item in notes)) for kind, word in ((Done.ADDED, "增"), (Done.REMOVED, "删"), (Done.CHANGED, "改"))]
        blocks.append(Paragraph(plain(f"编者按{'，'.join(f'{word}{count}条' for word, count in counts if count)}。")))
    tables = Tables("changes", "D", Marks(Dosing(title=source.volume.title), "changes"))
    for slug in [*(slug for slug in source.volume.case_ids), ""]:
        rows = [item for item in facts if item.case == slug or (not slug and item.case not in source.cases)]
        name = f"例{source.cases[slug].number}　{source.cases[slug].title}" if slug else "各例以外"
        blocks += tables.table(name, [printed(item, source) for item in rows], COLUMNS)
    return [Section("changes", "changes", TITLE, tuple(blocks), running_head=TITLE)]


COLUMNS = (
    ("项目", Kind.TEXT, lambda row: plain(row[0])),
    ("改动", Kind.TERM, lambda row: plain(row[1])),
    ("原作", Kind.TEXT, lambda row: plain(row[2])),
    ("今作", Kind.TEXT, lambda row: plain(row[3])),
)


def printed(item: Change, source: VolumeSource) -> tuple[str, str, str, str]:
    """Return the cells of a change, its dates as the privacy of the volume allows them."""
    before, after, field = item.before, item.after, item.field
    if item.case in source.trees:
        find = policy(source, item.case)
        before, after, field = (rewritten(text, find(text, item.path)) for text in (before, after, field))
    return field, KIND_WORDS[item.kind], *excerpts(before, after)
