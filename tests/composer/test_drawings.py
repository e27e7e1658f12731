"""Words of drawings stay text, in our faces and of the widths that drawings count on; paths are drawn as the engine draws them."""

import io

import pikepdf
import pytest

from publisher.figures.drawing import Drawing
from publisher.figures.lettering import width

WORDS = ["治疗第4周", "CYFRA21-1 3.67 ng/mL", "盐酸羟考酮缓释片20 mg/次", "39～43", "↓44%", "AVATAR Type fi", "（第5肋）", "β-CTX", "β2球蛋白"]
FACES = 'svg { display: block } svg text { font-family: "Casebook Sans" }'


def drawn(words: str, size: float = 20) -> str:
    drawing = Drawing(400, 60)
    drawing.letters(10, 40, words, size, "#000")
    return drawing.svg("一行字。")


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_drawing_can_be_copied_as_they_were_written(page, tmp_path, words):
    printed = page(drawn(words), FACES).printed(tmp_path)
    assert "".join(printed.split()) == "".join(words.split())


@pytest.mark.parametrize("words", [words for words in WORDS if " " not in words and "（" not in words])
def test_words_are_as_wide_as_the_drawing_thinks(page, tmp_path, words):
    widths = page(drawn(words), FACES).word_widths(tmp_path)
    assert sum(widths.values()) == pytest.approx(width(words, 20) * 4 / 3, abs=0.4)


def test_the_engine_alone_prints_the_same_words(page, plain_page, tmp_path):
    ours, theirs = (render(drawn("治疗第4周NRS 7分"), FACES).printed(tmp_path) for render in (page, plain_page))
    assert "".join(ours.split()) == "".join(theirs.split())


def test_words_set_downwards_are_left_to_the_engine(page, tmp_path):
    drawing = Drawing(40, 100)
    drawing.column(20, 20, "肩胛骨", 12)
    assert "".join(page(drawing.svg("三个字。"), FACES).printed(tmp_path).split()) == "肩胛骨"


def test_text_is_never_drawn_apart_from_the_page(page):
    pdf = page(drawn("治疗第4周")).document.write_pdf()
    assert b"/Subtype/Form" not in pdf.replace(b" ", b"")


CURVE = "M 10 10 C 20 0 40 0 50 10 S 80 20 90 10 L 90 40 h -20 v 5 Q 40 60 10 40 Z m 5 5 l 10 10 a 5 5 0 0 1 10 0 z"


@pytest.mark.parametrize("path", [CURVE, "M 10% 1em L 50% 30", "M 10 10 L 30"])
def test_a_path_is_drawn_as_the_engine_draws_it_each_time(page, plain_page, path):
    def contents(render) -> list[str]:
        svg = f'<svg width="100" height="60"><path d="{path}"/></svg>'
        with pikepdf.open(io.BytesIO(render(svg + svg, FACES).document.write_pdf())) as pdf:
            content = pdf.pages[0].Contents.read_bytes().decode()
        return [line for line in content.splitlines() if line[-2:] in (" m", " l", " c") or line == "h"]

    assert contents(page) == contents(plain_page) != []
