"""What the pages of policy versions show: what a version is called, its values in words by stage, differences, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from incubator.engine.deadline_words import in_words
from incubator.engine.policy import Policy
from incubator.engine.roles import ROLE_NAMES, Role
from incubator.policies.difference import Difference, by_section, differences
from incubator.policies.schema import all_leaves
from incubator.policies.words import parts_of, section_words, stored_path_words, stored_words
from incubator.queries.policies import Proposal, VersionInForce
from incubator.queries.policy_cases import Happened
from incubator.text import Text

ADDRESS = "/policies"
CONSOLE = Text("命令行", "the console")
PRACTICE = Text("本街道惯例", "This street's own practice")
_NARROW = 60  # a value said in more signs than this is told part by part
_SHOWN_OF_HASH = 8

HISTORY_TITLES: dict[str, tuple[Text, str]] = {
    "policy.set_up": (Text("街道初始设置", "Set up with the street"), ""),
    "policy.proposed": (Text("提议启用", "Proposed"), ""),
    "policy.activated": (Text("启用", "Activated"), "good"),
    "policy.rejected": (Text("不予启用", "Rejected"), "bad"),
    "policy.withdrawn": (Text("撤回提议", "Proposal withdrawn"), "warn"),
    "policy.revoked": (Text("撤销启用", "Activation revoked"), "bad"),
    "policy.completed": (Text("按软件新版本补全", "Completed for a newer version of the software"), ""),
    "case.migrated": (Text("在办案件迁移至该版本", "Running cases moved to this version"), ""),
}


def named(policy: Policy) -> Text:
    """What a version is called: where it applies, and the pack's own name."""
    return name_of(Text.from_pair(policy.content["jurisdiction"]), policy.name)


def name_of(jurisdiction: Text, name: str) -> Text:
    """What a version is called, of its parts."""
    return Text(f"{jurisdiction.zh}（{name}）", f"{_titled(jurisdiction.en)} ({name})")


def mark_of(digest: str) -> str:
    """As much of the hash as tells two versions apart by eye."""
    return digest[:_SHOWN_OF_HASH]


def href(digest: str) -> str:
    """Where a version is shown."""
    return f"{ADDRESS}/{digest}"


def version_of(version: VersionInForce, today: date, running: Mapping[str, int], who: Mapping[str, Proposal]) -> dict[str, Any]:  # fmt: skip
    """A version in force, coming or past, with what leads on from it."""
    proposal = who.get(version.proposal)
    return {
        "hash": version.policy_hash,
        "href": href(version.policy_hash),
        "name": name_of(version.jurisdiction, version.name),
        "mark": mark_of(version.policy_hash),
        "since": version.since,
        "until": version.until,
        "days": (version.since - today).days,
        "expired": version.expires_on if version.expires_on is not None and version.expires_on < today else None,
        "activated_by": activated_by(proposal),
        "proposal": version.proposal,
        "running": running.get(version.policy_hash, 0),
    }


def activated_by(proposal: Proposal | None) -> Text:
    """Who let a version come into force."""
    if proposal is None:
        return Text("系统初始设置", "set up with the service")
    return Text(proposal.decided_by.name, proposal.decided_by.name) if proposal.decided_by else CONSOLE


def proposed_by(proposal: Proposal) -> Text:
    """Who proposed a version."""
    return Text(proposal.proposed_by.name, proposal.proposed_by.name) if proposal.proposed_by else CONSOLE


def sections(policy: Policy, source: str = "") -> list[dict[str, Any]]:
    """Every value in words with its citation, stage by stage; of one source alone where it is given."""
    ordered = [path for path in all_leaves() if path in policy.paths]
    ordered += sorted(policy.paths.difference(ordered))  # what only another version of the software knows
    found: dict[str, dict[str, Any]] = {}
    for path in ordered:
        leaf = leaf_at(policy, path)
        if source and source_of(leaf) != source:
            continue
        key = path.partition(".")[0]
        section = found.setdefault(key, {"key": key, "title": _title(section_words(path)), "rows": []})
        section["rows"].append(_row(policy, path, leaf))
    return list(found.values())


def sources_of(policy: Policy) -> list[dict[str, Any]]:
    """The texts that a version cites and the street's own practice, each with the number of values that rest on it."""
    counts: dict[str, int] = {}
    for path in policy.paths:
        key = source_of(leaf_at(policy, path))
        counts[key] = counts.get(key, 0) + 1
    found = [
        {
            "key": key,
            "title": cited_title(source),
            "number": source.get("number", ""),
            "date": source.get("date", ""),
            "count": counts[key],
        }
        for key, source in policy.content["sources"].items()
        if key in counts
    ]
    if OWN in counts:
        found.append({"key": OWN, "title": PRACTICE, "number": "", "date": "", "count": counts[OWN]})
    return found


OWN = "practice"  # in addresses: the street's own practice, beside the keys of sources


def source_of(leaf: Mapping[str, Any]) -> str:
    """The key of the source that a value rests on."""
    return leaf["cite"].get("source") or OWN


def cited_title(source: Mapping[str, Any]) -> Text:
    """A source's title, in book-title marks where it is its own name."""
    title = Text.from_pair(source["title"])
    return Text(f"《{title.zh}》", title.en) if source.get("named", True) else _title(title)


def leaf_at(policy: Policy, path: str) -> Mapping[str, Any]:
    """The stored leaf at a path: value, citation and perhaps days."""
    node: Any = policy.content["values"]
    for part in path.split("."):
        node = node[part]
    return dict(node)


def compared(before: Policy, after: Policy) -> dict[str, Any]:
    """The differences of two versions as the macro takes them: those of values by stage, those of citations alone apart."""
    found = differences(before.content, after.content)
    values = [each for each in found if not each.only_citation]
    return {
        "count": len(values),
        "sections": [(_title(section), [_difference(each) for each in rows]) for section, rows in by_section(values)],
        "citations": [_difference(each) for each in found if each.only_citation],
    }


def history_line(happened: Happened, names: Mapping[str, Text]) -> dict[str, Any]:
    """One line of what happened to the versions."""
    title, tone = HISTORY_TITLES.get(happened.type, (Text("其他事项", "Something else"), ""))
    if happened.count:
        count = happened.count
        title = Text(f"{count} 件{title.zh}", f"{title.en}: {count}")
    words = []
    if happened.effective_from and happened.type != "policy.completed":
        day = in_words(date.fromisoformat(happened.effective_from))
        words.append(Text(f"生效日期 {day.zh}", f"to hold from {day.en}"))
    return {
        "title": title,
        "tone": tone,
        "when": happened.recorded_at,
        "who": happened.actor or (CONSOLE if happened.type == "policy.proposed" else ROLE_NAMES[Role.AUTOMATION]),
        "comment": happened.comment,
        "notes": words,
        "version": {"href": href(happened.policy_hash), "name": names.get(happened.policy_hash), "mark": mark_of(happened.policy_hash)},
        "proposal": happened.proposal,
    }  # fmt: skip


def _row(policy: Policy, path: str, leaf: Mapping[str, Any]) -> dict[str, Any]:
    practice = source_of(leaf) == OWN
    cite = Text.from_pair(leaf["cite"]["practice"]) if practice else policy.cite(path)
    return {
        "path": path,
        "title": within_section(path),
        "lines": value_lines(path, leaf["value"], policy.content),
        "practice": practice,
        "cite": cite,
        "days": _days(leaf),
    }


def within_section(path: str) -> Text:
    """What a path is called where its section stands above it."""
    words = stored_path_words(path)
    zh, en = (side.split(" · ", 1)[-1] for side in (words.zh, words.en))
    return Text(zh, _titled(en))


def value_lines(path: str, value: Any, content: Mapping[str, Any]) -> list[Text]:
    """What a value says; a long list a line each."""
    whole = stored_words(path, value, content)
    if len(whole.zh) > _NARROW and (isinstance(value, list) or (isinstance(value, dict) and "criteria" in value)):
        return [_title(each) for each in parts_of(path, value, content).values()]
    return [_title(whole)]


def _days(leaf: Mapping[str, Any]) -> Text | None:
    since, until = (leaf.get(name) for name in ("effective_from", "effective_until"))
    words = [in_words(date.fromisoformat(day)) if day else None for day in (since, until)]
    match words:
        case [Text() as first, Text() as last]:
            return Text(f"{first.zh}至{last.zh}有效", f"from {first.en} to {last.en}")
        case [Text() as first, None]:
            return Text(f"自{first.zh}起", f"from {first.en}")
        case [None, Text() as last]:
            return Text(f"至{last.zh}止", f"until {last.en}")
    return None


def _difference(each: Difference) -> dict[str, Any]:
    kind = "changed"
    if each.before is None:
        kind = "added"
    elif each.after is None:
        kind = "removed"
    return {
        "path": each.path,
        "title": within_section(each.path),
        "kind": kind,
        "before": each.before,
        "after": each.after,
        "cite_before": each.cite_before if each.cite_before != each.cite_after else None,
        "cite_after": each.cite_after,
        # Of a value that is said anew or no more the two columns tell all.
        "changes": [_title(change) for change in each.changes] if kind == "changed" and _tells_more(each) else [],
    }


def _tells_more(each: Difference) -> bool:
    """Whether the sentences say more than the two columns beside them: of a long value which part is another."""
    return len(each.changes) > 1 or max(len(text.zh) for text in (each.before, each.after) if text) > _NARROW // 2


def _title(words: Text) -> Text:
    return Text(words.zh, _titled(words.en))


def _titled(words: str) -> str:
    return words[:1].upper() + words[1:]


def version_choices(versions: Sequence[VersionInForce], more: Mapping[str, Text]) -> list[dict[str, Any]]:
    """The versions that may be chosen for a comparison, newest first, each once; `more` by hash, such as what is proposed."""
    found: dict[str, Text] = {}
    for version in versions:
        day, name = in_words(version.since), name_of(version.jurisdiction, version.name)
        found.setdefault(version.policy_hash, Text(f"{day.zh}起：{name.zh}", f"from {day.en}: {name.en}"))
    found = {**{digest: words for digest, words in more.items() if digest not in found}, **found}
    return [{"value": digest, "text": words} for digest, words in found.items()]
