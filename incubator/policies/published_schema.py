"""The JSON Schema of a pack's whole file, for editors: each value and section described in Chinese and English."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from incubator.policies.pack import Header
from incubator.policies.path_words import stored_path_words
from incubator.policies.schema import Values, all_leaves
from incubator.policies.values import Section
from incubator.text import Text

Schema = dict[str, Any]

REFERENCE = "#/$defs/"
_HEADER = {
    "name": Text("政策包名称", "The pack's name"),
    "jurisdiction": Text("适用地区", "Where it holds"),
    "extends": Text(
        "所继承的政策包：随软件提供的名称，或同一目录下的文件名",
        "The pack that says whatever this does not: a shipped one's name, or a file beside this",
    ),
    "effective_from": Text("生效日期", "Its first day"),
    "effective_until": Text("失效日期（最后一日）", "Its last day"),
    "sources": Text("各项规定引用的文件", "The published texts that values cite"),
}
TITLE = "政策包 / Policy pack"


def json_schema() -> Schema:
    """What a pack's file may hold. One that extends another may leave any value out; no value goes without its citation."""
    schema, definitions = _header()
    leaves, found = _leaves()
    definitions |= found
    schema["properties"]["values"] = _section(Values, "", leaves)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        **schema,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The schema as it is published in docs/."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def _header() -> tuple[Schema, Schema]:
    schema = Header.model_json_schema(ref_template=REFERENCE + "{model}")
    definitions = schema.pop("$defs", {})
    schema.pop("description", None)
    for name, words in _HEADER.items():
        stated = {key: each for key, each in schema["properties"][name].items() if key not in ("title", "default")}
        if "anyOf" in stated:  # what need not be said is left out, and never null
            stated = stated["anyOf"][0]
        schema["properties"][name] = {"description": f"{words.zh}\n{words.en}", **stated}
    return {**schema, "title": TITLE}, definitions


def _leaves() -> tuple[dict[str, str], Schema]:
    """The definition that each path's leaf follows, and the definitions."""
    kinds: list[type[BaseModel]] = list(dict.fromkeys(all_leaves().values()))
    references, whole = models_json_schema([(kind, "validation") for kind in kinds], ref_template=REFERENCE + "{model}")
    # Generic names are long and change with the parts they are made of.
    named = {references[kind, "validation"]["$ref"]: f"Cited{place}" for place, kind in enumerate(kinds, start=1)}
    definitions = whole["$defs"]
    for reference, name in named.items():
        leaf = definitions.pop(reference.removeprefix(REFERENCE))
        leaf.pop("title", None)
        leaf.pop("description", None)
        definitions[name] = leaf
    return {path: named[references[kind, "validation"]["$ref"]] for path, kind in all_leaves().items()}, definitions


def _section(kind: type[Section], prefix: str, leaves: dict[str, str]) -> Schema:
    properties: Schema = {}
    for name, field in kind.model_fields.items():
        path = f"{prefix}.{name}" if prefix else name
        if path in leaves:
            one = {"$ref": REFERENCE + leaves[path]}
            several = {"type": "array", "items": one, "minItems": 1}
            properties[name] = {"description": _described(path), "anyOf": [one, several]}
        else:
            assert isinstance(field.annotation, type)
            properties[name] = _section(field.annotation, path, leaves)
    described = {"description": _described(prefix)} if prefix else {}
    return {**described, "type": "object", "properties": properties, "additionalProperties": False}


@cache
def _described(path: str) -> str:
    words = stored_path_words(path)
    return f"{words.zh}\n{words.en}"
