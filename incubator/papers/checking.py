"""An office's own template, checked before it is used: every fault with the paragraph where it stands."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from incubator.papers.filling import TemplateDoesNotFill, filled
from incubator.papers.language import NotOfTheLanguage, language
from incubator.papers.paper import Field, Paper
from incubator.text import Text

MOST_UNPACKED = 30 * 1024 * 1024  # bytes: what a few MB of a docx may become
MOST_PARTS = 500
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_LOOP = "loop"
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a template: where (a paragraph with its text; empty for the whole), what, and what to do."""

    where: Text
    words: Text


@dataclass(slots=True)
class _Open:
    """A condition or loop that is not closed yet."""

    word: str
    where: Text
    fields: dict[str, Field]  # what may be said inside


@dataclass(slots=True)
class _Reading:
    """A part of a template as it is gone through, paragraph by paragraph."""

    known: dict[str, Field]
    faults: list[Fault] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def said(self) -> dict[str, Field]:
        return self.open[-1].fields if self.open else self.known

    def wrong(self, where: Text, zh: str, en: str) -> None:
        self.faults.append(Fault(where, Text(zh, en)))


def faults_of(paper: Paper, content: bytes) -> list[Fault]:
    """What is wrong with a template for a paper, in reading order; empty where it may be used. `content` is a docx."""
    from docx import Document  # heavy, and needed only where templates are kept

    unsafe = _unsafe(content)
    if unsafe:
        return [Fault(Text("", ""), unsafe)]
    try:
        document = Document(io.BytesIO(content))
        parts = [list(part) for part in _parts(document)]
    except Exception:  # whatever a damaged file makes the reader stumble over
        words = Text("文件已损坏，无法读取，请用 Word 重新保存后上传", "It cannot be read: save it again in Word")
        return [Fault(Text("", ""), words)]
    reading = _Reading({each.name: each for each in paper.fields})
    for part in parts:
        for where, text in part:
            _paragraph(reading, where, text)
        while reading.open:
            left = reading.open.pop()
            reading.wrong(
                left.where, f"“{left.word}”没有对应的“end{left.word}”", f"{left.word!r} has no 'end{left.word}'"
            )
    for name in sorted(paper.required - reading.used):
        title = reading.known[name].title
        words = Text(
            f"缺少“{title.zh}”：请在应写的位置加上 {{{{ {name} }}}}",
            f"{title.en} is missing: put {{{{ {name} }}}} where it belongs",
        )
        reading.faults.append(Fault(Text("", ""), words))
    if not reading.faults:
        try:
            filled(content, paper.sample())
        except TemplateDoesNotFill as refused:
            reading.faults.append(Fault(Text("", ""), refused.detail))
        except Exception:  # a tag across rows or cells leaves XML that is none
            words = Text(
                "填入样例后文件无法打开：请检查条件和循环是否跨越了表格的行或单元格",
                "Filled with the sample it cannot be opened: see that no condition or loop crosses rows or cells",
            )
            reading.faults.append(Fault(Text("", ""), words))
    return reading.faults


def _unsafe(content: bytes) -> Text | None:
    """What a file that unpacks without end, or that fetches something when it is opened, is refused with."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(each.file_size for each in entries) > MOST_UNPACKED:
            return Text(
                "文件解压后过大，请删去图片后重新上传", "It unpacks to too much: take out pictures and send it again"
            )
        for each in entries:
            if each.filename.endswith(".rels") and _reaches_out(archive.read(each)):
                return Text(
                    "文件引用了外部内容（远程模板、链接的图片等），请改为嵌入后上传",
                    "It refers to something outside (a remote template, a linked picture): embed that instead",
                )
    return None


def _reaches_out(relations: bytes) -> bool:
    from docx.oxml import parse_xml  # resolves no entities

    try:
        tree = parse_xml(relations)
    except SyntaxError:
        return False  # the reader says that the file is damaged
    return any(
        each.get("TargetMode") == "External" and not str(each.get("Type")).endswith("/hyperlink") for each in tree
    )


def _parts(document: Any) -> Iterator[Iterator[tuple[Text, str]]]:
    """The body, then headers and footers: each as its paragraphs, where they stand and what they say."""
    yield _told(document.element.body, Text("正文", "the body"))
    seen: set[int] = set()
    for section in document.sections:
        for each, name in (
            (section.header, Text("页眉", "the header")),
            (section.footer, Text("页脚", "the footer")),
            (section.first_page_header, Text("首页页眉", "the first page's header")),
            (section.first_page_footer, Text("首页页脚", "the first page's footer")),
        ):
            if not each.is_linked_to_previous and id(each.part) not in seen:
                seen.add(id(each.part))
                yield _told(each._element, name)


def _told(element: Any, part: Text) -> Iterator[tuple[Text, str]]:
    from docx.oxml.ns import qn

    for place, paragraph in enumerate(element.iter(qn("w:p")), start=1):
        text = "".join(each.text or "" for each in paragraph.iter(qn("w:t")))
        shown = text.strip() if len(text.strip()) <= _LONGEST_SHOWN else f"{text.strip()[:_LONGEST_SHOWN]}…"
        yield (
            Text(f"{part.zh}第 {place} 段“{shown}”", f"paragraph {place} of {part.en}, “{shown}”"),
            text,
        )


def _paragraph(reading: _Reading, where: Text, text: str) -> None:
    rest = _TAG.sub("", text)
    if _STRAY.search(rest):
        reading.wrong(
            where,
            "花括号不成对：字段写作 {{ 字段名 }}，条件写作 {% if 字段名 %}，并写在同一段内",
            "Its braces do not pair: a field is {{ name }}, a condition {% if name %}, each within one paragraph",
        )
    for tag in _TAG.findall(text):
        if tag.startswith("{{"):
            _expression(reading, where, tag, tag)
        elif tag.startswith("{%"):
            _block(reading, where, tag)


def _block(reading: _Reading, where: Text, tag: str) -> None:
    word, _, rest = re.sub(r"^\{%-?\s*((p|tr|tc|r)\s+)?|-?%\}$", "", tag).strip().partition(" ")
    match word:
        case "if" | "for":
            inside = dict(reading.said())
            source = f"{{% {word} {rest} %}}{{% end{word} %}}"
            tree = _expression(reading, where, source, tag)
            if tree is not None and word == "for":
                inside |= _row_of(reading, where, tree)
            reading.open.append(_Open(word, where, inside))
        case "elif":
            if not reading.open or reading.open[-1].word != "if":
                reading.wrong(where, f"“{word}”前面没有对应的“if”", f"{word!r} stands in no 'if'")
            else:
                _expression(reading, where, f"{{% if {rest} %}}{{% endif %}}", tag)
        case "else":
            if not reading.open:
                reading.wrong(where, "“else”前面没有对应的“if”", "'else' stands in no 'if'")
        case "endif" | "endfor":
            if not reading.open or f"end{reading.open[-1].word}" != word:
                reading.wrong(where, f"“{word}”没有对应的“{word[3:]}”", f"{word!r} closes no {word[3:]!r}")
            else:
                reading.open.pop()
        case _:
            reading.wrong(
                where,
                f"不能使用 {tag}：模板中只能写字段、条件（if）和循环（for）",
                f"{tag} cannot be used: a template has fields, conditions (if) and loops (for) alone",
            )


def _row_of(reading: _Reading, where: Text, tree: nodes.Template) -> dict[str, Field]:
    """The name that a loop gives to a row, with the row's fields."""
    loop = next(tree.find_all(nodes.For))
    over, row = loop.iter, loop.target
    table = reading.said().get(over.name) if isinstance(over, nodes.Name) else None
    if not isinstance(row, nodes.Name) or (isinstance(over, nodes.Name) and table is not None and not table.rows):
        reading.wrong(where, "只能对表格逐行循环，如 {% for row in lines %}", "A loop goes over a table's rows alone")
        return {}
    loop_itself = Field(_LOOP, Text("循环", "loop"))
    # Of a table that is not there its columns are not asked: one fault is told once.
    return {row.name: table or loop_itself, _LOOP: loop_itself}


def _expression(reading: _Reading, where: Text, source: str, tag: str) -> nodes.Template | None:
    """Read a tag: what it may not say, and names that are none of the paper's."""
    plain = re.sub(r"^\{\{-?\s*(p|tr|tc|r)\s+", "{{ ", source)
    if plain != source and source.startswith("{{"):
        reading.wrong(
            where, f"不能使用 {tag}：字段写作 {{{{ 字段名 }}}}", f"{tag} cannot be used: a field is {{{{ name }}}}"
        )
        return None
    try:
        tree = language().parse(source)
    except NotOfTheLanguage:
        reading.wrong(
            where,
            f"不能使用 {tag}：模板中只能写字段、条件（if）和循环（for）",
            f"{tag} cannot be used: a template has fields, conditions (if) and loops (for) alone",
        )
        return None
    except TemplateSyntaxError as error:
        reading.wrong(
            where, f"{tag} 写法有误，请检查括号、引号和拼写", f"{tag} is not written properly: {error.message}"
        )
        return None
    said = reading.said()
    for name in sorted(find_undeclared_variables(tree)):
        if name in said:
            reading.used.add(name)
        else:
            _unknown(reading, where, name, said)
    for each in tree.find_all(nodes.Getattr):
        row = said.get(each.node.name) if isinstance(each.node, nodes.Name) else None
        if row is not None and row.name != _LOOP and row.rows:
            columns = {column.name: column for column in row.rows}
            if each.attr not in columns:
                _unknown(reading, where, each.attr, columns, of=row)
        elif row is not None and row.name != _LOOP:
            reading.wrong(where, f"“{row.name}”不是表格，不能写作 {tag}", f"{row.name!r} is no table: not {tag}")
    return tree


def _unknown(reading: _Reading, where: Text, name: str, said: dict[str, Field], *, of: Field | None = None) -> None:
    likely = _likely(name, [known for known in said if known != _LOOP])
    zh = f"没有字段“{name}”" if of is None else f"“{of.title.zh}”没有“{name}”这一列"
    en = f"There is no field {name!r}" if of is None else f"{of.title.en} has no column {name!r}"
    if likely:
        field_ = said[likely]
        zh, en = f"{zh}，是否为“{likely}”（{field_.title.zh}）？", f"{en}: is it {likely!r} ({field_.title.en})?"
    reading.wrong(where, zh, en)


def _likely(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return close[0] if close else ""
