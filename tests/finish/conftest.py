"""The sample book as the engine lays it out, before anything is finished."""

import io

import pikepdf
import pytest
from project import REPOSITORY, Made

from publisher.compositor import Compositor
from publisher.edition import SCREEN
from publisher.inks import inks
from publisher.pagination import Opening, PageMap
from publisher.render import Renderer


@pytest.fixture(scope="session")
def sample_raw(sample_built: Made) -> dict[int, bytes]:
    """The first page of each body section as the engine writes it, by its page in the file; it bears its own number."""
    compositor = Compositor(REPOSITORY / "styles" / SCREEN.stylesheet)
    renderer = Renderer(sample_built.book, REPOSITORY / "layouts", inks(REPOSITORY / "styles", sample_built.book.volume))
    pages = PageMap(dict(folios_of(sample_built)))
    found = {}
    for span in sample_built.pagination.spans:
        if span.section.kind in ("case", "part"):
            folio = sample_built.pagination.folios[span.first - 1]
            html = renderer.html(span.section, Opening("right" if span.first % 2 else "left", span.section.numbering), pages)
            document = compositor.document(html.replace("counter-reset: page 1;", f"counter-reset: page {folio};"), span.section.title)
            with pikepdf.open(io.BytesIO(document.copy(document.pages).write_pdf())) as file:
                for page in file.pages:
                    page.obj.MediaBox = page.trimbox
                out = io.BytesIO()
                file.save(out)
            found[span.first] = out.getvalue()
    return found


def folios_of(made: Made) -> dict[str, str]:
    """Return the folio of every anchor of a file."""
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        places = {page.objgen: made.pagination.folios[index] for index, page in enumerate(file.pages)}
        names = file.Root.Names.Dests.Names
        return {str(names[at]): places[names[at + 1][0].objgen] for at in range(0, len(names), 2)}
