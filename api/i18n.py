"""The pages in two languages: catalogues, the reader's language, and filters for money, dates and stored sentences."""

from __future__ import annotations

import gettext as gnu
import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

from incubator.clock import SHANGHAI
from incubator.text import Language, Text
from incubator.wording import spoken

API = Path(__file__).parent
PO_FILE = API / "locales" / "en" / "LC_MESSAGES" / "messages.po"
LANGUAGE_COOKIE = "language"
NOTHING = "—"

# A context variable and not a template variable: imported macros do not see the page's variables.
_reader: ContextVar[Language] = ContextVar("reader", default=Language.ZH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything rendered or worded inside is in this language."""
    token = _reader.set(_known(language) or Language.ZH)
    try:
        yield
    finally:
        _reader.reset(token)


def language() -> Language:
    """The language of the present reader; Chinese where nobody said otherwise."""
    return _reader.get()


def choose_language(*, account: str | None, cookie: str | None, accept_language: str | None) -> Language:
    """The account's own language, else the cookie's, else the browser's first known one, else Chinese."""
    return _known(account) or _known(cookie) or accepted(accept_language or "") or Language.ZH


def _known(name: str | None) -> Language | None:
    return Language(name) if name in tuple(Language) else None


def accepted(header: str) -> Language | None:
    """The best-weighted language of an Accept-Language header that we speak (RFC 9110, 12.5.4)."""
    best: tuple[float, Language] | None = None
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        spoken = _known(tag.strip().lower().split("-")[0])
        if spoken and weight > 0 and (best is None or weight > best[0]):
            best = (weight, spoken)
    return best[1] if best else None


@cache
def translations(language: str) -> gnu.NullTranslations:
    """The catalogue of a language; Chinese needs none, its sentences are the keys."""
    if language != Language.EN:
        return gnu.NullTranslations()
    with PO_FILE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def gettext(message: str) -> str:
    """A Chinese sentence of the pages in the reader's language."""
    return translations(language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """A sentence with a number; both Chinese forms are usually the same."""
    return translations(language()).ngettext(singular, plural, number)


def install(env: Environment) -> None:
    """Give templates `_()`, `{% trans %}`, `language()` and the filters money, money_said, yuan, day, moment, text."""
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["language"] = language
    env.filters.update(money=money, money_said=money_said, yuan=yuan, day=day, moment=moment, text=text)


def money(fen: int | None) -> str:
    """Integer fen as yuan with thousands separators and two decimals: 778500000 is `7,785,000.00`."""
    return NOTHING if fen is None else f"{Decimal(fen) / 100:,.2f}"


def money_said(fen: int | None) -> str:
    """Integer fen as people say a sum, never rounded: `778.5万`, in English `7.785 million`; any other sum as `money`."""
    return NOTHING if fen is None else spoken(fen).read(language()) or money(fen)


def yuan(fen: int | str) -> str:
    """Integer fen as a person would type them, `5000` or `5000.50`; what was typed and is no amount stays as it is."""
    if not isinstance(fen, int):
        return fen
    return str(fen // 100) if fen % 100 == 0 else f"{Decimal(fen) / 100:.2f}"


def day(value: date | str | None) -> str:
    """A date (or its ISO form) in words: `2026年9月18日`, `18 Sep 2026`; of a moment, its day in Shanghai."""
    if not value:
        return NOTHING
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = _in_shanghai(value).date()
    if language() is Language.EN:
        return format_date(value, "d MMM yyyy", locale="en")
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | str | None) -> str:
    """An aware moment (or its ISO form) in Shanghai's time: `2026年9月18日 14:05`. A naive one is a ValueError."""
    if not value:
        return NOTHING
    local = _in_shanghai(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return f"{day(local.date())} {local:%H:%M}"


def _in_shanghai(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(SHANGHAI)


def text(value: Text | Mapping[str, str] | str | None) -> str:
    """The reader's side of a Text or of its stored pair; a plain string, such as a name, is the same for everyone."""
    if value is None:
        return ""
    if isinstance(value, Text):
        return value.read(language())
    if isinstance(value, Mapping):
        return Text.from_pair(dict(value)).read(language())
    return value


def extract() -> Catalog:
    """Every sentence that templates and modules of the web mark for translation, with the files that say it."""
    found = Catalog(locale="en", project="incubator")
    jinja = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false", "encoding": "utf-8"}
    sources: list[tuple[Path, str, dict[str, Any]]] = []
    sources += [(path, "jinja2.ext:babel_extract", jinja) for path in (API / "templates").rglob("*.html")]
    sources += [(path, "python", {}) for path in API.rglob("*.py") if "frontend" not in path.parts]
    for path, method, options in sorted(sources):
        name = path.relative_to(API.parent).as_posix()
        for _line, message, comments, context in extract_from_file(method, path, options=options):
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def read_catalogue() -> Catalog:
    """The English catalogue as it stands in the repository; empty when there is none yet."""
    if not PO_FILE.exists():
        return Catalog(locale="en")
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="en")


def gaps(found: Catalog, written: Catalog) -> tuple[list[str], list[str]]:
    """Sentences without English, and catalogue entries that nobody says any more."""
    said, known = ({_key(message.id): message for message in catalogue if message.id} for catalogue in (found, written))
    missing = [key for key in said if key not in known or not _is_translated(known[key].string)]
    return missing, [key for key in known if key not in said]


def update() -> list[str]:
    """Merge what is said now into the catalogue, dropping what is not; the sentences still without English."""
    found, written = extract(), read_catalogue()
    for message in found:
        old = written.get(message.id) if message.id else None
        if old is not None:
            message.string = old.string
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    with PO_FILE.open("wb") as file:
        # Without header and line numbers, so that the file changes only where a sentence does.
        write_po(file, found, omit_header=True, include_lineno=False, sort_by_file=True, width=0)
    return gaps(found, read_catalogue())[0]


def _key(identity: Any) -> str:
    return str(identity[0] if isinstance(identity, tuple | list) else identity)


def _is_translated(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main(arguments: list[str]) -> int:
    """`python -m api.i18n update` merges the catalogue; 1 while a sentence lacks its English."""
    if arguments != ["update"]:
        sys.stderr.write("usage: python -m api.i18n update\n")
        return 2
    missing = update()
    for sentence in missing:
        sys.stdout.write(f"no English yet: {sentence}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
