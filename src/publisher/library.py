"""A library: many volumes that are built, checked and reported as one, as `library.yaml` lists them."""

import re
from pathlib import PurePosixPath

from pydantic import Field, ValidationInfo
from pydantic_core import PydanticCustomError

from publisher.model import Model
from publisher.written import Word

NAME = "library.yaml"


class VolumeFolder(Word):
    """Where a volume lies below the library: content/lung, or 2025/content/lung in a project of its own."""

    def examine(self, info: ValidationInfo) -> None:
        if not re.fullmatch(r"(?:(?!\.)[^/\\\s]+/)*content/[a-z0-9]+(?:-[a-z0-9]+)*", self):
            raise PydanticCustomError("bad_folder", "不是卷的文件夹")

    @property
    def volume(self) -> str:
        return PurePosixPath(self).name

    @property
    def root(self) -> str:
        """The folder of its project below the library; `.` where it is the library's own."""
        return PurePosixPath(self).parent.parent.as_posix()


class Library(Model):
    title: Word
    volumes: list[VolumeFolder] = Field(min_length=1)
