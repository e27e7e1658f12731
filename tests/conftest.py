"""What many tests share: the sample book read, composed and built once, and the two real volumes built once."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from project import REPOSITORY, SAMPLEBOOK, Made, Project, pressed

from publisher import booklets
from publisher.book import Book
from publisher.case import Case
from publisher.collection import Collection
from publisher.compose.assemble import compose
from publisher.editions import Job
from publisher.read import read
from publisher.workshop import Workshop

os.environ["PUBLISHER_LANG"] = "zh"  # whatever the machine speaks
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def sample() -> Collection:
    return read(SAMPLEBOOK)


@pytest.fixture(scope="session")
def sample_book(sample: Collection) -> Book:
    return compose(sample.volumes["sample"], sample.catalogue, "测试引擎")


@pytest.fixture(scope="session")
def sample_built(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Project(tmp_path_factory.mktemp("sample")).build(hold=True)


@pytest.fixture(scope="session")
def sample_booklets(sample: Collection, sample_book: Book) -> dict[str, booklets.Made]:
    """The sample book's booklets by name."""
    job = Job(sample.volumes["sample"], sample.catalogue, sample_book, REPOSITORY / "layouts", REPOSITORY / "styles", Workshop())
    made = booklets.make(job.shop())
    return {booklet.name: booklet for booklet in made}


@pytest.fixture(scope="session")
def content() -> Collection:
    """The real volumes, read."""
    return read(REPOSITORY)


@pytest.fixture(scope="session")
def real_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("real"), REPOSITORY)


@pytest.fixture(scope="session")
def lung(real_project: Project) -> Made:
    return real_project.build("lung")


@pytest.fixture(scope="session")
def breast(real_project: Project) -> Made:
    return real_project.build("breast", hold=True)


@pytest.fixture(scope="session")
def sample_press(sample_built: Made) -> Made:
    """The sample book's press edition, made of the pages that its screen edition was made of."""
    return pressed(sample_built)


@pytest.fixture(scope="session")
def breast_press(breast: Made) -> Made:
    return pressed(breast)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the sample book for one test to spoil."""
    return Project(tmp_path / "book")


@pytest.fixture
def make_case(sample: Collection):
    """Make a case of the fields a test is about; the rest is the least a case may have."""

    def make(**fields) -> Case:
        tree = {"id": "made-up", "number": "7", "title": "虚构一例", "patient": {"sex": "男", "age": "70岁"}, **fields}
        return Case.model_validate(tree, context={"catalogue": sample.catalogue})

    return make
