"""The sample book, spoilt on purpose."""

import io

import pikepdf
import pytest

from publisher.edition import SCREEN
from publisher.preflight.tags import check


@pytest.fixture
def spoilt(sample_built):
    """Spoil a copy of the sample book; return what is found in it."""

    def found(spoil):
        with pikepdf.open(io.BytesIO(sample_built.pdf)) as pdf:
            spoil(pdf)
            out = io.BytesIO()
            pdf.save(out)
        return list(check(out.getvalue(), sample_built.book, sample_built.pagination, SCREEN))

    return found
