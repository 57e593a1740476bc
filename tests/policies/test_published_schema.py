"""The schema that editors read: the whole file of a pack, kept beside the guide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from incubator.policies.packs import SHIPPED, all_paths, json_schema, shipped_names
from incubator.policies.published_schema import schema_text
from tests.policies.writing import CITE, cited, small_text

DOCS = Path(__file__).parents[2] / "docs"


def plain(text: str) -> Any:
    """What an editor takes a YAML file for: dates are words."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_published_file_is_the_schema() -> None:
    published = (DOCS / "policy-pack.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "run: incubator policy schema > docs/policy-pack.schema.json"


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_pack_fits_the_schema(name: str, validator: jsonschema.Draft202012Validator) -> None:
    text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    validator.validate(plain(text))
    assert text.startswith("# yaml-language-server: $schema=../../docs/policy-pack.schema.json\n")
    assert (SHIPPED / "../../docs/policy-pack.schema.json").resolve() == (DOCS / "policy-pack.schema.json").resolve()


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ("  {}\n", True),
        (f"  filing: {{conditions: {{members: {cited('3')}}}}}\n", True),
        (f"  filing: {{conditions: {{members: [{cited('3')}, {cited('4', 'effective_from: 2027-01-01')}]}}}}\n", True),
        ("  filing: {conditions: {members: {value: 3}}}\n", False),
        (f"  filing: {{conditions: {{members: {cited('many')}}}}}\n", False),
        (f"  filing: {{conditions: {{members: {cited('3', 'effective_from: tomorrow')}}}}}\n", False),
        (f"  filing: {{conditions: {{member: {cited('3')}}}}}\n", False),
        ("  filing: {conditions: {members: []}}\n", False),
        (f"  filing: {{acceptance: {{due: {{value: {{length: 3, unit: fortnights}}, {CITE}}}}}}}\n", False),
    ],
)
def test_an_editor_tells_the_same_right_from_wrong(
    values: str, fits: bool, validator: jsonschema.Draft202012Validator
) -> None:
    assert validator.is_valid(plain(small_text(values))) is fits


def test_every_value_is_described_in_both_languages() -> None:
    sections = json_schema()["properties"]["values"]
    for path in all_paths():
        node = sections
        for name in path.split("."):
            node = node["properties"][name]
        zh, en = node["description"].split("\n")
        assert zh != path
        assert en != path
