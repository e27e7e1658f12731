"""Fields in words: every key an author can write has a word, and a path says which item is meant."""

import inspect

import pytest

from publisher import case, fields, library, volume
from publisher.model import Model
from publisher.read_yaml import Reader

KINDS = [item for module in (case, library, volume) for item in vars(module).values() if inspect.isclass(item)]
MODELS = [kind for kind in KINDS if issubclass(kind, Model) and kind is not Model]


FIELDS = {(model.__name__, name) for model in MODELS for name in model.model_fields}
OWN = {(model, field): text.split("：")[0] for model, known in fields.known().items() if model != fields.ANY for field, text in known.items()}
GENERAL = fields.known()[fields.ANY]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_word(model):
    assert [name for name in model.model_fields if (model.__name__, name) not in OWN and name not in GENERAL] == []


def test_no_word_is_left_of_a_field_that_is_gone():
    assert set(OWN) - FIELDS == set()
    assert set(GENERAL) - {field for model, field in FIELDS if (model, field) not in OWN or fields.word(field) != OWN[model, field]} == set()


def test_a_key_that_models_name_differently_has_a_general_word():
    assert {field for _, field in OWN if len({word for (_, other), word in OWN.items() if other == field}) > 1} <= set(GENERAL)


def test_a_word_is_short_and_chinese():
    for field in {field for _, field in FIELDS}:
        assert 2 <= len(fields.word(field)) <= 10
        assert fields.word(field) == "SUVmax" or any("\u4e00" <= char <= "\u9fff" for char in fields.word(field))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("treatments", 0, "doses", 1, "dose"), "治疗“骨保护”·用药“钙剂”·剂量"),
        (("background", 1), "病例背景第2条"),
        (("visit", 0), "本次就诊"),
        (("patient", "age"), "患者·年龄"),
        (("labs", 0, "results", 0, "value"), "实验室检查“血生化，入院时”·结果“血钙”·数值"),
    ],
)
def test_a_path_names_the_items_it_goes_through(path, expected):
    text = """
patient: {sex: 女, age: 60岁}
background: [甲。, 乙。]
visit: [甲。]
labs:
  - name: 血生化
    at: 入院时
    results: [{analyte: 血钙, value: 2.10}]
treatments:
  - title: 骨保护
    doses: [{drug: 地舒单抗, dose: 120 mg}, {drug: 钙剂, dose: 600 mg}]
"""
    tree, problems = Reader(text, "case.yaml").read()
    assert problems == []
    assert fields.in_words(tree, path) == expected
