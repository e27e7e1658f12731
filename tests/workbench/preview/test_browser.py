"""The preview in a browser: an editor saves, looks, errs, mends, and goes from page to source and back."""

import shutil
from collections.abc import Iterator

import pytest
from conftest import Served, until
from project import RIB
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

BROWSERS, DRIVERS = ("chromium", "chromium-browser", "google-chrome"), ("chromedriver", "chromium.chromedriver")
PAST = "高血压病10年，血压控制于130/80 mmHg。"


def program(names: tuple[str, ...]) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"{names[0]} is missing: tools/setup.sh installs it"
    return found


class Page:
    """The page of the preview as its reader has it."""

    def __init__(self, driver: webdriver.Chrome):
        self.driver = driver

    def run(self, script: str, *arguments):
        return self.driver.execute_script(f"return {script}", *arguments)

    def one(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def press(self, keys: str) -> None:
        ActionChains(self.driver).send_keys(keys).perform()

    @property
    def scroll(self) -> float:
        return self.run("document.getElementById('pages').scrollTop")

    @property
    def keys(self) -> list[str]:
        return self.run("[...document.querySelectorAll('.page')].map(page => page.page.key)")

    def words(self) -> str:
        """The text that can be selected on the pages in sight."""
        return self.run("[...document.querySelectorAll('.page .text')].map(layer => layer.textContent.replace(/\\s/g, '')).join('')")

    def has(self, words: str) -> bool:
        return words in self.words()

    def see(self, words: str):
        """Bring a stretch of text into sight and return it."""

        def found():
            return self.run("[...document.querySelectorAll('.page .text span')].find(span => span.textContent.includes(arguments[0]))", words)

        for _ in range(20):
            if span := found():
                self.run("arguments[0].scrollIntoView({block: 'center'})", span)
                return span
            self.press("j")
            until(lambda: self.run("[...document.querySelectorAll('.page')].filter(page => page.visible).every(page => page.querySelector('.text span'))"))
        raise AssertionError(f"{words} 不在页上")


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = program(BROWSERS)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(program(DRIVERS)))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, served: Served) -> Iterator[Page]:
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(f"{served.address}#sample/sample-01-rib")
    shown = Page(browser)
    until(lambda: shown.run("document.documentElement.dataset.ready") and shown.words())
    yield shown
    assert [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]] == []


def test_a_saved_edit_is_seen_at_the_same_place_of_the_same_page(page, served):
    page.see("血压控制于")
    before, keys = page.scroll, page.keys
    assert before > 0
    served.project.edit(RIB, PAST, "高血压病11年，血压控制于130/80 mmHg。")
    until(lambda: page.has("高血压病11年"))
    assert page.scroll == before
    assert [new == old for new, old in zip(page.keys, keys, strict=True)].count(False) == 1


def test_a_broken_source_is_told_in_place_and_mended_by_itself(page, served):
    page.see("血压控制于")
    before, keys = page.scroll, page.keys
    served.project.edit(RIB, "  past:\n", "  past: [\n")
    told = until(lambda: page.one("#problems").text)
    assert f"{RIB}:" in told
    assert "SRC-004" in told
    assert "│" in told
    assert page.keys == keys
    assert page.has("高血压病10年")
    until(lambda: page.all(".page.stale"))
    served.project.edit(RIB, "  past: [\n", "  past:\n")
    until(lambda: not page.one("#problems").text and not page.all(".page.stale"))
    assert abs(page.scroll - before) < 2


def test_a_click_on_the_page_shows_the_line_and_opens_it(page, served):
    span = page.see("血压控制于")
    line = next(number for number, text in enumerate(served.project.path(RIB).read_text().split("\n"), 1) if PAST in text)
    ActionChains(page.driver).move_to_element(span).click().perform()
    assert until(lambda: page.one("#where").text) == f"{RIB}:{line}:7"
    assert PAST in page.one("#frame").text
    opened = served.project.path("opened.txt")
    assert until(lambda: opened.is_file() and opened.read_text().strip()) == f"{served.project.path(RIB)}:{line}:7"
    assert until(lambda: page.all(".marks div"))


def test_a_finding_shows_its_passage_and_the_words_are_marked(page, served):
    served.project.edit(RIB, PAST, "高血压病10年,血压控制于130/80 mmHg。")
    until(lambda: page.run("[...document.querySelectorAll('.query button')].some(one => one.textContent.includes('TXT'))"))
    page.run("document.getElementById('pages').scrollTo(0, 1e6)")
    page.run("[...document.querySelectorAll('.query button')].find(one => one.textContent.includes('TXT')).click()")
    mark = until(lambda: next(iter(page.all(".marks div")), None))
    under = until(
        lambda: page.run(
            """(() => { const box = arguments[0].getBoundingClientRect();
            return [...document.querySelectorAll('.page .text span')].find(span => { const one = span.getBoundingClientRect();
              return one.top < box.bottom && box.top < one.bottom && one.left <= box.left + 2 && box.right <= one.right + 2 })?.textContent })()""",
            mark,
        )
    )
    assert "高血压病10年" in under
    top, height = page.run("(() => { const box = arguments[0].getBoundingClientRect(); return [box.top, innerHeight] })()", mark)
    assert 0 < top < height
    assert page.one("#where").text.startswith(f"{RIB}:")


def test_everything_is_reached_by_keys(page):
    page.press("j")
    assert until(lambda: page.one("#folio").text.startswith("2 /"))
    page.press("k")
    assert until(lambda: page.one("#folio").text.startswith("1 /"))
    page.press("/")
    assert page.run("document.activeElement.id") == "search"
    page.press("股骨")
    assert until(lambda: len(page.all("#list button")) == 2)
    page.press("\ue015\ue015\ue007")
    assert until(lambda: page.run("location.hash") == "#sample/sample-03-femur")
    page.press("[")
    assert until(lambda: page.run("location.hash") != "#sample/sample-03-femur")


def test_a_whole_volume_is_shown_when_it_is_set(page):
    page.run("[...document.querySelectorAll('#list .volume > button')][0].click()")
    shown = "[...document.querySelectorAll('.section')].map(one => one.dataset.id)"
    until(lambda: (found := page.run(shown))[:1] == ["half-title"] and found[-1:] == ["index"])  # the body is set before what lists it
    assert len(page.keys) > 10


def test_the_page_speaks_chinese_and_names_its_parts(page):
    assert page.run("document.documentElement.lang") == "zh-CN"
    assert page.run("[...document.querySelectorAll('button')].filter(one => !one.textContent.trim() && !one.getAttribute('aria-label')).length") == 0
    assert page.run("[...document.querySelectorAll('.page')].every(one => one.getAttribute('aria-label'))")
    assert {one.get_attribute("id") for one in page.all("nav[aria-label], main, aside[aria-label]")} >= {"books", "findings"}
