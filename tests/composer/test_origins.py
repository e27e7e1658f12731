"""Each tag that the engine writes says which element of the layout it came from."""

import io

import pikepdf
import weasyprint

from publisher import composer

HTML = """<html lang="zh-CN"><title>例</title><style>@page { size: 60mm 40mm; margin: 5mm }</style><body>
<p class="body first" id="long">TEXT</p><p lang="en">Rib</p></body></html>"""


def origins(html: str) -> list[dict[str, str]]:
    """Return what the tags of the paragraphs say of their origin."""
    composer.install()
    with pikepdf.open(io.BytesIO(weasyprint.HTML(string=html).write_pdf(pdf_tags=True))) as pdf:
        found = [item.Origin for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/P"]
        return [{key[1:]: str(item[key]) for key in list(item.keys())} for item in found]


def test_the_parts_of_a_paragraph_on_two_pages_have_one_number():
    found = origins(HTML.replace("TEXT", "肋骨转移。" * 120))
    assert len(found) > 2
    assert len({item["N"] for item in found}) == 2


def test_classes_ids_and_languages_are_handed_on():
    first, second = origins(HTML.replace("TEXT", "肋骨"))
    assert (first["Element"], first["class"], first["id"]) == ("p", "body first", "long")
    assert second["lang"] == "en"


def test_the_same_layout_gives_the_same_numbers():
    html = HTML.replace("TEXT", "肋骨")
    assert origins(html) == origins(html)
