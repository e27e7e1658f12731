"""The pages on which cases begin, held fast: once a volume is cited by page, a correction must not move its cases.

`content/<volume>/pages.lock` is a text of lines `case-id folio`, written on demand and kept with the sources.
"""

from collections.abc import Iterator

from publisher import book
from publisher.pagination import Pagination
from publisher.problems import Place, Problem

NAME = "pages.lock"
HEAD = "# 各例首页页码。由 publisher lock 写出，随来源一同保存；build --locked 据此核对，有移动即告出错。\n"
CODES = {
    "LOCK-001": "有页码锁文件",
    "LOCK-002": "页码锁文件读得出",
    "LOCK-003": "各例首页页码未移动",
    "LOCK-004": "新增病例已锁定",
    "LOCK-005": "已锁定病例仍在书中",
}
"""Each check by its code."""


def first_folios(pagination: Pagination) -> dict[str, str]:
    """Return the folio of each case's first page, in printing order."""
    return {span.section.id: pagination.folios[span.first - 1] for span in pagination.spans if span.section.kind == "case"}


def lock(pagination: Pagination) -> bytes:
    """Return the lock file of a volume."""
    return (HEAD + "".join(f"{case} {folio}\n" for case, folio in first_folios(pagination).items())).encode()


def check(content: bytes | None, whole: book.Book, pagination: Pagination) -> Iterator[Problem]:
    """Yield a problem for each case that would not begin on its locked page. `content` is the lock file, None where there is none."""
    name = f"content/{whole.volume}/{NAME}"
    if content is None:
        yield Problem(Place(name), "LOCK-001", "没有页码锁文件", hint=f"先运行 publisher lock {whole.volume}")
        return
    locked: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 2 or words[0] in locked:
            yield Problem(Place(name, number, 1), "LOCK-002", "这一行读不懂，或病例重复", line[:60], "应为「病例标识 页码」")
            continue
        locked[words[0]] = (words[1], number)
    found = first_folios(pagination)
    titles = {section.id: section.title for section in whole.sections}
    for case, (folio, number) in locked.items():
        place = Place(name, number, 1)
        if case not in found:
            yield Problem(place, "LOCK-005", "已锁定的病例不在书中", case, f"确要撤下则运行 publisher lock {whole.volume}")
        elif found[case] != folio:
            shift = f"（{int(found[case]) - int(folio):+d}）" if folio.isdigit() and found[case].isdigit() else ""
            hint = f"增删文字使其复位；确要改版则运行 publisher lock {whole.volume}"
            yield Problem(place, "LOCK-003", f"病例首页由第 {folio} 页移到第 {found[case]} 页{shift}", f"{case}　{titles[case]}", hint)
    for case in found:
        if case not in locked:
            yield Problem(Place(name), "LOCK-004", "病例尚未锁定页码", f"{case}　{titles[case]}", f"运行 publisher lock {whole.volume}")
