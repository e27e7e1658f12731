"""Whether the pages of an offprint are those of its volume, so that it can be cited by them."""

from collections.abc import Iterator, Sequence

from publisher.preflight.printed_text import squeezed
from publisher.problems import Place, Problem

CODES = {
    "PDF-521": "单行本的页数与原卷所占页数相同",
    "PDF-522": "单行本各页文字与原卷同页相同",
}
"""What each check says when it passes."""
HINT = "查 styles/components/origin.css 与原卷是否同一版"


def check(own: Sequence[str], volume: Sequence[str], origin: str, path: str, after: int = 0) -> Iterator[Problem]:
    """Yield a problem for each page that differs: body texts of the offprint's pages and of the volume's.

    `origin` is the line the offprint has more, `after` the pages that follow those of the case.
    """
    own = own[: len(own) - after]
    if len(own) != len(volume):
        yield Problem(Place(path), "PDF-521", "单行本的页数与原卷不同", f"{len(own)} 页，原卷 {len(volume)} 页", HINT)
        return
    for number, (mine, theirs) in enumerate(zip(own, volume, strict=True), 1):
        if (mine.replace(squeezed(origin), "", 1) if number == 1 else mine) != theirs:
            yield Problem(Place(path, number), "PDF-522", "这一页与原卷同页不同", mine[:30], HINT)
