TABLE = """<style>table { border-collapse: separate; border-spacing: 0; width: 100%% } tfoot td { border-bottom: 1px solid; height: 0; padding: 0 }</style>
<table><thead><tr class="caption-first"><th>表1　检验</th></tr><tr class="caption-continued"><th>续表1</th></tr><tr><th>项目</th></tr></thead>
<tfoot><tr><td></td></tr></tfoot><tbody>%s</tbody></table>"""


def texts(pages, number):
    return [line.text for line in pages.lines if line.page == number]


def test_later_pages_show_the_continued_caption(page):
    pages = page(TABLE % "".join(f"<tr><td>第{row}行</td></tr>" for row in range(60)))
    assert texts(pages, 1)[:3] == ["表1　检验", "项目", "第0行"]
    for number in range(2, len(pages.document.pages) + 1):
        assert texts(pages, number)[:2] == ["续表1", "项目"]


def test_a_table_on_one_page_has_its_caption_once(page):
    pages = page(TABLE % "<tr><td>甲</td></tr>")
    assert pages.texts == ["表1　检验", "项目", "甲"]


def test_the_foot_stands_under_the_last_row_also_where_rows_that_keep_together_moved_on(page):
    rows = "".join(f'<tr style="break-after: {"avoid" if row in (20, 21, 22) else "auto"}"><td>第{row}行</td></tr>' for row in range(60))
    pages = page(TABLE % rows)
    ends = []
    for laid in pages.document.pages:
        boxes = list(laid._page_box.descendants())
        last = [box for box in boxes if box.element_tag == "tr" and box.element.get("style")][-1]
        foot = next(box for box in boxes if box.element_tag == "tfoot")
        ends.append(round(foot.position_y - last.position_y - last.height, 1))
    assert ends == [0] * len(pages.document.pages)
    assert texts(pages, 1)[-1] == "第19行"


def test_every_page_closes_with_the_rule_of_the_foot(page):
    pages = page(TABLE % "".join(f"<tr><td>第{row}行</td></tr>" for row in range(60)))
    for laid in pages.document.pages:
        assert any(box.element_tag == "tfoot" for box in laid._page_box.descendants())
