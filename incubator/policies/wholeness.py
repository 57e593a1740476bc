"""Whether a pack is whole: what it extends is in effect, each value is said on each day, and the values make sense together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from incubator.policies.fitting import misfits
from incubator.policies.leaves import Leaf, covers
from incubator.policies.misstated import Where
from incubator.policies.pack import ALWAYS, ONE_DAY, Pack
from incubator.policies.reading import PackFault
from incubator.policies.schema import all_paths
from incubator.policies.soundness import unsound
from incubator.text import Text


def check_base_days(pack: Pack) -> None:
    """What a pack extends is in effect on its first day, and as long as it takes values from there."""
    base = pack.base
    if base is None or base.header is None or pack.first is ALWAYS:
        return
    name, line = base.header.name, ("extends",)
    if base.first > pack.first:
        words = Text(
            f"所继承的“{name}”{base.first} 起生效，晚于本政策包的生效日期 {pack.first}",
            f"{name!r}, which this extends, takes effect on {base.first}, after this pack does on {pack.first}",
        )
        pack.source.fault(line, words)
    elif base.last is not None and base.last < pack.first:
        words = Text(
            f"所继承的“{name}”已于 {base.last} 失效，早于本政策包的生效日期 {pack.first}",
            f"{name!r}, which this extends, ended on {base.last}, before this pack takes effect on {pack.first}",
        )
        pack.source.fault(line, words)
    elif base.last is not None and (pack.last is None or pack.last > base.last):
        after = base.last + ONE_DAY
        if all_paths() - pack.on(after).keys() - pack.spoken_of:
            words = Text(
                f"所继承的“{name}”{base.last} 失效，此后本政策包没有规定的各项无从继承；请写明 effective_until，或补上这些规定",
                f"{name!r}, which this extends, ends on {base.last}, and nobody says the rest from then on: "
                "give this pack an `effective_until`, or say it here",
            )
            pack.source.fault(line, words)


def check_complete(pack: Pack) -> None:
    """Each value is said on each day of the pack, by itself or by what it extends."""
    if pack.base is not None and not covers(pack.base.first, pack.base.last, pack.first):
        return  # told already
    days = sorted(each for each in pack.breaks() if covers(pack.first, pack.last, each))
    held = {day: pack.on(day).keys() for day in days}
    for path in sorted(all_paths()):
        gaps = [day for day in days if path not in held[day] and _base_may_say(pack, day)]
        if not gaps:
            continue
        where = ("values", *path.split("."))
        if path not in pack.spoken_of:
            words = Text(
                "没有规定这一项，请补上，或继承已有规定的政策包",
                "This is not said: add it, or extend a pack that says it",
            )
            pack.source.faults.append(PackFault(pack.source.file, pack.source.line_of(where), path, words))
        elif path in pack.own:
            following = next((day for day in days if day > gaps[0] and path in held[day]), None)
            until = following - ONE_DAY if following is not None else pack.last
            words = Text(
                f"{_span(gaps[0], until).zh}没有规定这一项，请补上这段时间的规定",
                f"Nothing is said here {_span(gaps[0], until).en}: say what holds then",
            )
            pack.source.fault(where, words)


def _base_may_say(pack: Pack, day: date) -> bool:
    # After the end of what it extends one fault at `extends` tells it for all.
    return pack.base is None or covers(pack.base.first, pack.base.last, day)


def _span(since: date, until: date | None) -> Text:
    if until is None:
        return Text(f"自 {since} 起", f"from {since} on")
    return Text(f"{since} 至 {until} ", f"from {since} until {until}")


def check_sense(pack: Pack) -> None:
    """What does not go together, or leaves a procedure unsound, told where this very file says it."""
    days = pack.days()
    told: set[tuple[Where, Text]] = set()  # what holds on through several versions is told of the first
    for day in days:
        held = pack.on(day)
        for path in pack.spoken_of - pack.own.keys():
            held.pop(path, None)  # faulty here: what is below it is not what was meant

        def value(path: str, held: Mapping[str, Leaf] = held) -> Any:
            return held[path]["value"]

        for misfit in (*misfits(value), *unsound(value)):
            own = next((path for path in misfit.paths if pack.entry(path, day) is not None), None)
            if own is None:
                continue  # what it extends says it all, and was told so itself
            entry = pack.entry(own, day)
            assert entry is not None
            below = misfit.below if own == misfit.paths[0] else ()
            where, words = (*entry.where, "value", *below), misfit.words
            if (where, words) in told:
                continue
            told.add((where, words))
            if day != days[0]:
                words = Text(f"自 {day} 起：{words.zh}", f"From {day} on: {words.en}")
            pack.source.fault(where, words)
