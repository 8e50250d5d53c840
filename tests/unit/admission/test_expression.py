"""The part of CEL that rules use means what it means in CEL."""

from typing import Any

import pytest

from tests.unit.api.schemas import SCHEMAS
from tests.unit.api.violations import walk
from vectortier.admission.expression import ExpressionError, compiled
from vectortier.api.cel import VALIDATIONS
from vectortier.api.weaviate import Storage

SELF = {"min": 2, "max": 6, "name": "tickets", "list": ["a", "b"], "amount": "1500m", "map": {"x": "1"}, "empty": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("self.min + 2 * self.max", 14),
        ("(self.min + 2) * self.max", 24),
        ("self.max / 4 * 4 % 3", 1),
        ("self.max - self.min - 1", 3),
        ("self.min < self.max && self.name == 'tickets'", True),
        ("self.min > self.max || self.name != 'tickets'", False),
        ("true || false && false", True),
        ("!has(self.none) && !has(self.map.y) && has(self.map.x)", True),
        ("!has(self.none) || self.none.deeper == 1", True),
        ("has(self.none) && self.none.deeper == 1", False),
        ("has(self.empty)", True),
        ("self.min < 2 ? 10 : self.min < 3 ? 100 : 1000", 100),
        ("size(self.name) <= 7", True),
        (r"self.name.matches('^t[a-z]+$')", True),
        (r"'1x5'.matches('^1\\.5$')", False),
        ("self.name.contains('@')", False),
        ("self.list.all(item, item.matches('^[ab]$'))", True),
        ("self.list.all(item, item != self.name)", True),
        ("self.list.exists_one(item, item == 'a')", True),
        ("['a', 'a'].exists_one(item, item == 'a')", False),
        ("self.map.map(key, key)", ["x"]),
        ("quantity(self.amount).compareTo(quantity('2')) <= 0", True),
        ("quantity('1Gi').compareTo(quantity('1000M')) == 1", True),
        ('"%s of %s, 1 %%".format([self.min, self.list])', "2 of [a, b], 1 %"),
        ("\"it is %s\".format([has(self.none) ? self.none : 'absent'])", "it is absent"),
        ('"%s".format([self.min == 2])', "true"),
    ],
)
def test_an_expression_has_its_value(text: str, value: Any) -> None:
    assert compiled(text)({"self": SELF}) == value


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ("10Gi", "20Gi", True),
        ("10Gi", "10240Mi", True),
        ("1Ti", "1024Gi", True),
        ("10Gi", "10G", False),
        ("9Gi", "10G", True),
        ("100Gi", "20Gi", False),
    ],
)
def test_sizes_are_compared_as_quantities_with_what_was_there_before(before: str, after: str, holds: bool) -> None:
    size = next(rule for rule in Storage.checks if rule.path == ".size")
    assert compiled(size.expression)({"self": {"size": after}, "oldSelf": {"size": before}}) is holds


@pytest.mark.parametrize(
    "text", ["self.min <", "self.min self.max", "size(self", "self.list.filter(x, true)", "int(self.min)", "self # 1"]
)
def test_what_is_not_understood_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(ExpressionError):
        compiled(text)({"self": SELF})


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_every_rule_and_message_is_understood(kind: str) -> None:
    for _, field in walk(SCHEMAS[kind]):
        for rule in field.get(VALIDATIONS, ()):
            compiled(rule["rule"])
            compiled(rule.get("messageExpression", "true"))
