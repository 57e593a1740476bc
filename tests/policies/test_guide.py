"""The guide for administrators: what it shows is a pack that passes the check and does what the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from incubator.engine.policy import Policy
from incubator.policies.packs import DEFAULT, SHIPPED, check_text, shipped_names, versions_of_text

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("policy-packs.md", "policy-packs.zh-CN.md")


def example(guide: str) -> str:
    (block,) = re.findall(r"```yaml\n(.*?)```", (DOCS / guide).read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_example_is_a_sound_pack_of_two_versions(guide: str) -> None:
    text = example(guide)
    assert check_text("riverside.yaml", text) == []
    found = versions_of_text("riverside.yaml", text)
    assert [day.isoformat() for day, _ in found] == ["2027-01-01", "2028-01-01"]
    first, second = (Policy(content) for _, content in found)
    assert (first.whole("filing.conditions.members"), second.whole("filing.conditions.members")) == (12, 15)
    assert first.due("filing.decision.due").starts_on == "complete"
    assert first.cite("filing.decision.due").zh == "《河滨街道社区社会组织备案办法（示例）》（河街办〔2026〕18号）第9条"


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_names_every_shipped_pack_and_the_schema_that_lies_beside_it(guide: str) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    assert [name for name in shipped_names() if f"`{name}`" not in text] == []
    assert example(guide).startswith("# yaml-language-server: $schema=policy-pack.schema.json\n")
    assert (DOCS / "policy-pack.schema.json").is_file()


def test_a_pack_from_scratch_begins_as_a_copy_of_a_whole_one() -> None:
    text = (SHIPPED / f"{DEFAULT}.yaml").read_text(encoding="utf-8").replace(f"name: {DEFAULT}", "name: our_own")
    assert check_text("our_own.yaml", text) == []
    without = re.sub(r"\n      members:\n        value: 10\n.*\n", "\n", text, count=1)
    (fault,) = check_text("our_own.yaml", without)
    assert fault.path == "filing.conditions.members"
    assert "add it, or extend a pack that says it" in fault.message.en
