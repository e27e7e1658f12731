"""Whatever a source says that may be read, its figures are drawn or left out, and are well-formed."""

from drawn_svg import Svg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.figures.course import course
from publisher.figures.function import function
from publisher.figures.markers import markers
from publisher.figures.overview import overview
from publisher.figures.skeleton import skeleton

LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"))
"""No control characters: the reader of the sources refuses them."""
SAID = [
    "2021-06-15", "2021-06", "2021", "0001-01", "9999-12-31", "2021-03～2022-04", "治疗前（2021-06）", "入院时", "入院前", "治疗后", "治疗第3天",
    "治疗第4周", "治疗48 h", "治疗6个月", "随访10个月", "2月前", "5个月后", "术后第0天", "治疗第99999999年",
]  # fmt: skip
COUNTED = st.builds(
    "{}{}{}".format,
    st.sampled_from(["治疗第", "入院前", "随访", "近", "2021-", ""]),
    st.integers(0, 10**6),
    st.sampled_from(["天", "周", "个月", "年", "h", ""]),
)
TIMES = st.one_of(st.sampled_from(SAID), COUNTED, st.text("治疗第入院前随访天周月年0123456789半余～-<&（）", min_size=1, max_size=12)).filter(str.strip)
FIGURES = ["0", "0.00", "5.2", "<5.00", "≈41", "39～43", "正常", "7分", "0～1分", "99999999999999999999", "<&>"]
READINGS = st.one_of(st.sampled_from(FIGURES), st.text(LETTERS, min_size=1, max_size=8).filter(str.strip))
NAMED = ["胸椎", "颈胸腰骶椎", "肋骨", "右侧股骨中段", "第99肋", "T1～T99", "L9", "骨盆", "左足", "第1～3、5跖骨干", "左侧第10椎体左侧横突", "全身"]
BONES = "颈胸腰骶椎肋骨股肱胫足左右双侧第段上中下TLCS0123456789～、（）"
SITES = st.one_of(st.sampled_from(NAMED), st.text(BONES, min_size=1, max_size=14)).filter(str.strip)
SIDES = st.sampled_from([None, "左侧", "右侧", "双侧"])
EVENTS = st.sampled_from(["病理性骨折", "脊髓压迫", "骨放疗", "骨手术", "高钙血症"])
WORDS = st.text(LETTERS, min_size=1, max_size=60).filter(str.strip)


def given_only(**fields):
    return {name: value for name, value in fields.items() if value is not None}


def series(points):
    columns = [{"analyte": "CEA", "unit": "ng/mL"}]
    return {"name": "动态", "columns": columns, "points": [{"at": at, "values": {"CEA": value}} for at, value in points]}


SITE = st.builds(given_only, site=SITES, side=SIDES, levels=st.lists(SITES, max_size=3))
TREES = st.fixed_dictionaries(
    {
        "metastases": st.lists(SITE.map(lambda site: {"organ": "骨", **site}), max_size=5),
        "bone_events": st.lists(st.builds(lambda event, site, at: {"event": event, "at": at, **site}, EVENTS, SITE, TIMES), max_size=4),
        "timeline": st.lists(st.fixed_dictionaries({"at": TIMES, "event": st.one_of(WORDS, st.sampled_from(["第1周期化疗", "第2周期化疗"]))}), max_size=8),
        "scores": st.lists(st.fixed_dictionaries({"scale": st.sampled_from(["NRS", "ECOG"]), "value": READINGS, "at": TIMES}), max_size=8),
        "series": st.lists(st.lists(st.tuples(TIMES, READINGS), min_size=1, max_size=6).map(series), max_size=2),
        "responses": st.lists(st.fixed_dictionaries({"at": TIMES, "overall": WORDS}), max_size=3),
    }
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES)
def test_figures_of_any_case_are_well_formed(make_case, tree):
    try:
        case = make_case(**tree)
    except ValueError:
        return
    for drawn in [skeleton(case), course(case), function(case), *markers(case), *overview([case])]:
        if drawn:
            svg = Svg(drawn.svg)
            assert svg.of("title")[0].text
            assert "nan" not in drawn.svg
