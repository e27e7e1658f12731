"""Who a patient is, as records say it: what is recognised and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import identities
from publisher.written import leaves


@pytest.mark.parametrize(
    "text",
    [
        "患者张某某，女", "李某，66岁", "欧阳某某因腰痛", "患者王女士因", "赵大爷，80岁", "患者姓名：赵六", "姓名 王小明", "患者张三，男，64岁",
        "患者李四（女，58岁）", "患者LXM，男", "患者×××，女", "患者王××",
    ],
)  # fmt: skip
def test_a_name_is_found(text):
    assert list(identities.names(text))


@pytest.mark.parametrize(
    "text",
    [
        "患者，男，64岁", "患者高龄，女性", "某些患者", "患者于2021年入院", "每周某一天", "患者安静，女性病房", "该患者白天嗜睡", "白细胞3.2×10⁹/L",
        "表皮生长因子", "患者在某院就诊", "石膏固定",
    ],
)  # fmt: skip
def test_what_is_no_name_is_left(text):
    assert list(identities.names(text)) == []


def test_the_check_sign_of_the_standard_example():
    """GB 11643-1999 gives 11010519491231002X."""
    assert list(identities.resident_numbers("11010519491231002X")) == [("11010519491231002X", True)]


@given(st.integers(0, 999), st.integers(0, 10))
def test_a_resident_number_is_found_with_any_last_sign_and_one_is_right(order, last):
    body = f"11010519491231{order:03d}"
    found = list(identities.resident_numbers(f"身份证{body}{'0123456789X'[last]}，"))
    assert found == [(body + "0123456789X"[last], "0123456789X"[last] == identities.check_sign(body))]


@pytest.mark.parametrize("text", ["110105194913310021", "1101051949123100210", "n=110105194912310021234"])
def test_what_is_no_resident_number_is_left(text):
    assert list(identities.resident_numbers(text)) == []


@pytest.mark.parametrize("text", ["13800138000", "138-0013-8000", "+86 13800138000", "010-12345678", "电话0571-87654321", "a.b@hospital.cn", "微信：wxid_123"])
def test_a_contact_is_found(text):
    assert list(identities.contacts(text))


@pytest.mark.parametrize("text", ["138×10⁹/L", "NCT01380013", "13.800138000", "HR 0.62（0.50～0.77）", "2021-06-15", "12800138000"])
def test_what_is_no_contact_is_left(text):
    assert list(identities.contacts(text)) == []


@pytest.mark.parametrize("text", ["住院号：123456", "病案号Z00123", "病理号 2021-12345", "CT号：88321", "18床", "3病区12床", "床号：7"])
def test_a_number_of_the_hospital_is_found(text):
    assert list(identities.record_numbers(text))


@pytest.mark.parametrize("text", ["住院号从略", "床旁胸片", "起床后头晕", "于2床旁行超声", "HE染色号"])
def test_what_is_no_number_of_the_hospital_is_left(text):
    assert list(identities.record_numbers(text)) == []


@pytest.mark.parametrize("text", ["北京协和医院", "复旦大学附属肿瘤医院", "南京市第一医院", "省人民医院", "解放军301医院", "四川大学华西医院"])
def test_a_hospital_is_found(text):
    assert list(identities.hospitals(text))


@pytest.mark.parametrize("text", ["当地医院", "我院", "外院", "当地市医院", "上级医院", "省级医院", "肿瘤医院", "转入医院"])
def test_a_hospital_without_a_name_is_left(text):
    assert list(identities.hospitals(text)) == []


@pytest.mark.parametrize("text", ["中山路12号", "3号楼2单元401室", "河北省保定市易县", "家住朝阳区团结湖", "籍贯：湖南长沙", "东升镇永红村3组"])
def test_an_address_is_found(text):
    assert list(identities.addresses(text))


@pytest.mark.parametrize("text", ["来自江苏", "平地行走约50米", "经静脉途径给药", "胸椎T5～T7", "骨转移至颈部、胸部"])
def test_what_is_no_address_is_left(text):
    assert list(identities.addresses(text)) == []


@pytest.mark.parametrize("name", ["breast", "lung"])
def test_nobody_is_told_of_in_the_real_volumes(content, name):
    """The conventions name what is left out (住院号 …) and no more."""
    source = content.volumes[name]
    texts = [leaf for tree in (*source.trees.values(), *source.other_trees) for _, leaf in leaves(tree)]
    assert [(text, list(identities.persons(text))) for text in texts if list(identities.persons(text))] == []
