"""Forms as JSON Schema: how a procedure declares them, and what is wrong with an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from incubator.canonical import canonical
from incubator.engine.policy import Policy
from incubator.text import Text

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

Schema = dict[str, Any]
Field = tuple[str, Schema]
MONEY = "money"  # the widget of an amount: integer fen in the data, read and written as yuan
ROWS = "rows"  # the widget of a table of entries
SCORES = "scores"  # the field in which a panel member scores by the sheet


def form(*fields: Field) -> Schema:
    """A form of these fields, in this order."""
    return {
        "type": "object",
        "properties": {name: {k: v for k, v in schema.items() if k != "x-required"} for name, schema in fields},
        "required": [name for name, schema in fields if schema.get("x-required", True)],
        "additionalProperties": False,
    }


def optional(*fields: Field) -> tuple[Field, ...]:
    """The same fields for saying only what changes: what is left empty stays as it stands (`x-keeps`)."""
    return tuple((name, {**schema, "x-required": False, "x-keeps": True}) for name, schema in fields)


def _field(name: str, title: Text, hint: Text | None, required: bool, personal: bool, **schema: Any) -> Field:
    declared: Schema = {**schema, "x-title": title.as_pair()}
    if hint is not None:
        declared["x-help"] = hint.as_pair()
    if personal:
        declared["x-personal"] = True
    if not required:
        declared["x-required"] = False
    return name, declared


def text(name: str, title: Text, *, longest: int = 200, lines: bool = False, hint: Text | None = None,
         required: bool = True, personal: bool = False, pattern: str = "",
         options_from: str = "") -> Field:  # fmt: skip
    """A line of text, or a paragraph where `lines`; at most `longest` characters.

    `options_from` is the policy path of a list, of codes with names, that people are offered. Another word is an answer
    too: whether it means an entry of the list is for a rule to say.
    """
    extra: Schema = {"x-widget": "textarea"} if lines else {}
    if options_from:
        extra["x-options-from"] = options_from
    if pattern:
        extra["pattern"] = pattern
    if required:
        extra["minLength"] = 1
    return _field(name, title, hint, required, personal, type="string", maxLength=longest, **extra)


def whole_number(name: str, title: Text, *, least: int = 0, most: int = 1_000_000, hint: Text | None = None,
                 required: bool = True) -> Field:  # fmt: skip
    """A whole number between `least` and `most`."""
    return _field(name, title, hint, required, False, type="integer", minimum=least, maximum=most)


def money(name: str, title: Text, *, most: int, hint: Text | None = None, required: bool = True) -> Field:
    """An amount from nothing to `most`, both in integer fen; people see and type yuan."""
    return _field(
        name, title, hint, required, False, type="integer", minimum=0, maximum=most, **{"x-widget": MONEY}
    )  # fmt: skip


def day(name: str, title: Text, *, hint: Text | None = None, required: bool = True) -> Field:
    """A calendar day, ISO."""
    return _field(name, title, hint, required, False, type="string", format="date")


def yes_no(name: str, title: Text, *, hint: Text | None = None, required: bool = True,
           words: tuple[Text, Text] | None = None) -> Field:  # fmt: skip
    """A yes or a no; with `words`, of the yes and of the no, one of the two has to be chosen and neither is the usual."""
    either = ("true", "false")
    said = [{"value": value, **each.as_pair()} for value, each in zip(either, words, strict=True)] if words else None
    extra: Schema = {"x-options": said} if said else {}
    return _field(name, title, hint, required, False, type="boolean", **extra)


def choice(name: str, title: Text, options: Sequence[tuple[str, Text]], *, hint: Text | None = None,
           required: bool = True) -> Field:  # fmt: skip
    """One of the options, each a value and its words."""
    shown = [{"value": value, **words.as_pair()} for value, words in options]
    return _field(
        name, title, hint, required, False, type="string", enum=[v for v, _ in options], **{"x-options": shown}
    )


def picked(name: str, title: Text, *, options_fact: str, hint: Text | None = None, required: bool = True) -> Field:
    """One of those that a fact names, by its public id: a hub, a co-applicant. The fact maps public ids to names."""
    return _field(
        name, title, hint, required, False, type="string", maxLength=64, **{"x-options-fact": options_fact}
    )  # fmt: skip


def people(name: str, title: Text, *, options_fact: str, least: int = 0, hint: Text | None = None,
           required: bool = True) -> Field:  # fmt: skip
    """Persons by their public ids, of those that a fact names: it maps public ids to names."""
    items = {"type": "string", "maxLength": 64}
    return _field(
        name, title, hint, required, False, type="array", items=items, minItems=least, maxItems=50, uniqueItems=True,
        **{"x-widget": "people", "x-options-fact": options_fact},
    )  # fmt: skip


def rows(name: str, title: Text, entries: Sequence[Field], *, least: int = 1, most: int = 30,
         hint: Text | None = None, required: bool = True) -> Field:  # fmt: skip
    """A table that people fill in, such as the lines of a budget: each row has these entries."""
    return _field(
        name, title, hint, required, False, type="array", items=form(*entries), minItems=least, maxItems=most,
        **{"x-widget": ROWS},
    )  # fmt: skip


def scores(sheet: str, title: Text, *, hint: Text | None = None) -> Field:
    """Points by the criteria of the scoring sheet at a policy path, each a whole number up to the criterion's most."""
    return _field(SCORES, title, hint, True, False, type="object", **{"x-sheet": sheet})


def values(name: str, title: Text, entries: Sequence[Field], *, hint: Text | None = None) -> Field:
    """Some of these entries with new values, such as the corrected ones of a result; at least one."""
    return _field(
        name, title, hint, True, False, type="object", minProperties=1,
        properties=form(*optional(*entries))["properties"], additionalProperties=False, **{"x-widget": "values"},
    )  # fmt: skip


def ticks(name: str, title: Text, options: Sequence[tuple[str, Text]]) -> Field:
    """Boxes to tick, any number of them; what must be ticked is the checklist's to say."""
    shown = [{"value": value, **words.as_pair()} for value, words in options]
    items = {"type": "string", "enum": [value for value, _ in options]}
    return _field(
        name, title, None, False, False, type="array", items=items, uniqueItems=True, **{"x-widget": "ticks", "x-options": shown}
    )  # fmt: skip


def merged(*schemas: Schema | None) -> Schema | None:
    """One form of several; None where there is nothing to fill in."""
    present = [schema for schema in schemas if schema]
    if not present:
        return None
    return {
        "type": "object",
        "properties": {name: field for schema in present for name, field in schema["properties"].items()},
        "required": [name for schema in present for name in schema["required"]],
        "additionalProperties": False,
    }


def personal_fields(schema: Schema | None) -> frozenset[str]:
    """The fields whose values are personal and are kept apart."""
    if not schema:
        return frozenset()
    return frozenset(name for name, field in schema["properties"].items() if field.get("x-personal"))


def nested_personal_fields(schema: Schema | None) -> list[str]:
    """The personal fields inside tables and groups of entries, where nothing keeps them apart."""
    own = (schema or {}).get("properties", {})
    nested = (each for field in own.values() for each in (field, field.get("items")))
    return [name for inner in nested for name, field in _fields(inner) if field.get("x-personal")]


def is_table(field: Mapping[str, Any]) -> bool:
    """Whether a field is a table of entries."""
    return bool(field.get("x-widget") == ROWS)


def option_paths(schema: Schema | None) -> list[str]:
    """The policy paths whose lists and sheets a form offers."""
    return [path for _, field in _fields(schema) if (path := field.get("x-options-from") or field.get("x-sheet"))]


def option_facts(schema: Schema | None) -> list[str]:
    """The facts whose names a form offers."""
    return [name for _, field in _fields(schema) if (name := field.get("x-options-fact"))]


def chosen(schema: Schema | None, answer: Mapping[str, Any]) -> set[str]:
    """The public ids that an answer picks of what facts offer, in tables too."""
    found: set[str] = set()
    for name, field in (schema or {}).get("properties", {}).items():
        value = answer.get(name)
        if not value:
            continue
        if "x-options-fact" in field:
            found.update(value if isinstance(value, list) else [value])
        elif is_table(field):
            found.update(*(chosen(field["items"], row) for row in value))
        elif isinstance(value, Mapping):
            found |= chosen(field, value)
    return found


def offered(schema: Schema | None, policy: Policy, facts: Mapping[str, Any]) -> Schema | None:
    """The form as it is filled in under a policy and by these facts: `x-options` holds the entries of what is offered.

    What a fact offers is all that may be chosen; a sheet becomes a field for each criterion.
    """
    if schema is None or not (option_paths(schema) or option_facts(schema)):
        return schema
    fields = {name: _offered(field, policy, facts) for name, field in schema["properties"].items()}
    return {**schema, "properties": fields}


def _offered(field: Schema, policy: Policy, facts: Mapping[str, Any]) -> Schema:
    if "properties" in field:
        return offered(field, policy, facts) or field
    if is_table(field):
        return {**field, "items": offered(field["items"], policy, facts)}
    if "x-sheet" in field:
        return {**field, **_criteria(policy.get(field["x-sheet"]))}
    named = facts.get(field.get("x-options-fact", ""))
    if named is not None:
        options = [{"value": value, "zh": name, "en": name} for value, name in named.items()]
        chosen = {"enum": list(named)}
        return {
            **field,
            "x-options": options,
            **({"items": {**field["items"], **chosen}} if "items" in field else chosen),
        }
    path = field.get("x-options-from")
    if not path or not policy.has(path):
        return field
    listed = policy.get(path)
    return {**field, "x-options": [{"value": each["code"], **(each.get("name") or each["title"])} for each in listed]}


def _criteria(sheet: Mapping[str, Any]) -> Schema:
    fields = []
    for each in sheet["criteria"]:
        hint = Text(f"满分 {each['most']} 分", f"out of {each['most']}")
        code, field = whole_number(each["code"], Text.from_pair(each["title"]), most=each["most"], hint=hint)
        fields.append((code, {**field, "x-dimension": each["dimension"]} if each.get("dimension") else field))
    return form(*fields)


def _fields(schema: Schema | None) -> Iterator[Field]:
    """Every field of a form, the entries of `values` and of rows after the field that holds them."""
    for name, field in (schema or {}).get("properties", {}).items():
        yield name, field
        yield from _fields(field)
        yield from _fields(field.get("items"))


def faults(schema: Schema | None, answer: Mapping[str, Any]) -> dict[str, tuple[Text, ...]]:
    """What is wrong with an answer, by field in the form's order, each fault once; empty when it fits."""
    checked = schema or {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    found: dict[str, list[Text]] = {}
    for error in _validator(canonical(checked)).iter_errors(dict(answer)):
        for field, words in _explained(error):
            found.setdefault(field, []).append(words)
    in_order = sorted(found, key=lambda field: _place(checked, field.split(".")))
    # A form with two answers missing is told so twice, each time of both.
    return {field: tuple(dict.fromkeys(found[field])) for field in in_order}


def _place(schema: Schema, path: Sequence[str]) -> tuple[int, ...]:
    """Where a fault stands in a form: the field's place, in a table the row and the column."""
    if not path:
        return ()
    if path[0].isdecimal():
        return int(path[0]), *_place(schema, path[1:])
    known = list(schema.get("properties", {}))
    if path[0] not in known:
        return (len(known),)
    field = schema["properties"][path[0]]
    return known.index(path[0]), *_place(field.get("items", field), path[1:])


@lru_cache(maxsize=512)
def _validator(schema: str) -> Draft202012Validator:
    # Here and not above: it takes long to load, and people wait for the web to start.
    from jsonschema import Draft202012Validator, FormatChecker

    return Draft202012Validator(json.loads(schema), format_checker=FormatChecker(["date"]))


def _money_words(error: ValidationError, schema: Schema) -> Text:
    match error.validator:
        case "minimum":
            return Text("金额不得为负数", "An amount is not negative")
        case "maximum":
            most = f"{schema['maximum'] // 100:,}"
            return Text(f"金额不得超过 {most} 元", f"At most {most} yuan")
        case _:
            return Text("金额应为整数，以分为单位", "An amount is a whole number of fen")


def _explained(error: ValidationError) -> list[tuple[str, Text]]:
    field = ".".join(str(part) for part in error.absolute_path)
    schema: dict[str, Any] = dict(error.schema)  # type: ignore[arg-type]
    answer: Any = error.instance
    place = f"{field}." if field else ""
    if schema.get("x-widget") == MONEY:
        return [(field, _money_words(error, schema))]
    match error.validator:
        case "required":
            missing = [name for name in schema["required"] if name not in answer]
            return [(f"{place}{name}", Text("此项必填", "This is required")) for name in missing]
        case "additionalProperties":
            known = set(schema.get("properties", {}))
            return [
                (f"{place}{name}", Text("没有这一项", "There is no such field")) for name in answer if name not in known
            ] or [(field, Text("填写内容不符合要求", "The value does not fit"))]
        case "minLength" | "minItems" | "minProperties":
            return [(field, Text("此项必填", "This is required"))]
        case "maxLength":
            return [(field, Text(f"最多 {error.validator_value} 个字", f"At most {error.validator_value} characters"))]
        case "minimum":
            return [(field, Text(f"不得小于 {error.validator_value}", f"At least {error.validator_value}"))]
        case "maximum":
            return [(field, Text(f"不得大于 {error.validator_value}", f"At most {error.validator_value}"))]
        case "enum":
            return [(field, Text("请从给出的选项中选择", "Choose one of the options given"))]
        case "format" | "pattern":
            return [(field, Text("格式不正确", "The format is not right"))]
        case "type" if error.validator_value == "integer":
            return [(field, Text("请填写整数", "Enter a whole number"))]
        case "type":
            return [(field, Text("填写的类型不对", "This is the wrong kind of value"))]
        case _:
            return [(field, Text("填写内容不符合要求", "The value does not fit"))]
