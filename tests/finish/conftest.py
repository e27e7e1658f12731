"""The sample book as the engine writes it, before anything is finished."""

import pytest
from project import REPOSITORY, SAMPLEBOOK

from publisher import typeset
from publisher.compose.assemble import compose
from publisher.edition import SCREEN
from publisher.inks import inks
from publisher.read import read
from publisher.render import Renderer


@pytest.fixture(scope="session")
def sample_raw() -> bytes:
    collection = read(SAMPLEBOOK)
    whole = compose(collection.volumes["sample"], collection.catalogue, typeset.ENGINE)
    stylesheet = REPOSITORY / "styles" / SCREEN.stylesheet
    return typeset.Typesetter(Renderer(whole, REPOSITORY / "layouts", inks(REPOSITORY / "styles", whole.volume)).html, stylesheet).typeset(whole).pdf()
