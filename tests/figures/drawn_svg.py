"""A drawing read back from its SVG: words with their places, dots, inks and weights, as plain data."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACE = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Text:
    words: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


class Svg:
    def __init__(self, svg: str):
        self.root = ElementTree.fromstring(svg)
        self.elements = list(self.root.iter())

    def of(self, tag: str):
        return [element for element in self.elements if element.tag == NAMESPACE + tag]

    @property
    def texts(self) -> list[Text]:
        return [
            Text(element.text, *(float(element.get(name).split()[0]) for name in ("x", "y")), float(element.get("font-size"))) for element in self.of("text")
        ]

    @property
    def level(self) -> list[Text]:
        """The words that are not set downwards."""
        return [text for text, element in zip(self.texts, self.of("text"), strict=True) if len(element.get("x").split()) == 1]

    @property
    def dots(self) -> list[Dot]:
        return [Dot(float(element.get("cx")), float(element.get("cy"))) for element in self.of("circle")]

    @property
    def bars(self) -> list[tuple[Dot, Dot]]:
        """Upright strokes that show a range: their upper and lower ends."""
        found = []
        for element in self.of("path"):
            ends = [float(figure) for figure in re.findall(r"-?[\d.]+", element.get("d"))]
            if element.get("stroke-width") == "2.4" and len(ends) == 4:
                found.append((Dot(*ends[:2]), Dot(*ends[2:])))
        return found

    def values(self, name: str) -> list[str]:
        return [value for element in self.elements if (value := element.get(name))]
