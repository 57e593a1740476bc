"""Templates: the shipped ones fit their papers, faults are told with their place, and none of them acts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document

from incubator.papers.catalogue import PAPERS
from incubator.papers.checking import MOST_UNPACKED, faults_of
from incubator.papers.filling import TemplateDoesNotFill, filled, shipped
from incubator.papers.wording import capitals
from incubator.policies.packs import shipped as pack
from tests.papers.conftest import template_saying, text_of

REFUSAL = PAPERS["refusal"]
WHOLE = (
    "{{ title }}", "{{ name }}：", "编号 {{ number }}", "{{ decision }}，理由：{{ reasons }}，依据：{{ basis }}", "{{ signed_on }}",
)  # fmt: skip


@pytest.mark.parametrize("key", PAPERS)
def test_a_shipped_template_fits_its_paper_and_shows_the_sample(key: str) -> None:
    paper, template = PAPERS[key], shipped(key)
    assert faults_of(paper, template) == []
    said = text_of(filled(template, paper.sample()))
    assert "{" not in said
    for field in paper.fields:
        if field.required and not field.rows:
            assert str(field.sample) in said
        for row in field.sample if field.rows and field.required else ():
            assert all(str(value) in said for value in row.values())
        assert field.title.zh != field.title.en


@pytest.mark.parametrize(
    ("line", "where", "zh", "en"),
    [
        ("理由：{{ resons }}", "正文第 6 段", "没有字段“resons”，是否为“reasons”（理由）？", "is it 'reasons' (Reasons)?"),
        ("{{ 完全不同 }}", "正文第 6 段", "没有字段“完全不同”", "There is no field"),
        ("{{ reasons", "“{{ reasons”", "花括号不成对", "do not pair"),
        ("{{ reasons | }}", "正文第 6 段", "写法有误", "not written properly"),
        ("{%p if reasons %}", "正文第 6 段", "“if”没有对应的“endif”", "has no 'endif'"),
        ("{%p endfor %}", "正文第 6 段", "“endfor”没有对应的“for”", "closes no 'for'"),
        ("{%p for row in reasons %}{%p endfor %}", "正文第 6 段", "只能对表格逐行循环", "a table's rows alone"),
        ("{% for row in lines %}{{ row.words }}{% endfor %}", "正文第 6 段", "没有字段“lines”", "no field 'lines'"),
        ("{{ reasons.text }}", "正文第 6 段", "不是表格", "is no table"),
        ("{% set x = 1 %}", "正文第 6 段", "只能写字段、条件（if）和循环（for）", "fields, conditions"),
        ("{{ ''.__class__.__mro__ }}", "正文第 6 段", "只能写字段、条件（if）和循环（for）", "fields, conditions"),
        ("{{ reasons.upper() }}", "正文第 6 段", "只能写字段", "fields, conditions"),
        ("{{ 9 ** 9 ** 9 }}", "正文第 6 段", "只能写字段", "fields, conditions"),
        ("{{r reasons }}", "正文第 6 段", "字段写作 {{ 字段名 }}", "a field is {{ name }}"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_paragraph_in_both_languages(line: str, where: str, zh: str, en: str) -> None:
    faults = faults_of(REFUSAL, template_saying(*WHOLE, line))
    assert len(faults) == 1
    assert where in faults[0].where.zh
    assert zh in faults[0].words.zh
    assert en in faults[0].words.en
    assert "paragraph 6" in faults[0].where.en


def test_a_column_that_a_table_lacks_is_told_with_the_likely_one() -> None:
    paper = PAPERS["correction_list"]
    template = template_saying(
        "{{ number }}{{ name }}{{ due_on }}{{ signed_on }}",
        "{%p for point in points %}",
        "{{ point.word }}",
        "{%p endfor %}",
    )
    (fault,) = faults_of(paper, template)
    assert fault.words.zh == "“补正事项”没有“word”这一列，是否为“words”（内容）？"
    assert "第 3 段" in fault.where.zh


def test_what_a_paper_cannot_do_without_is_missed_by_name() -> None:
    (fault,) = faults_of(PAPERS["refusal"], template_saying(*(line for line in WHOLE if "number" not in line)))
    assert fault.words.zh == "缺少“案件编号”：请在应写的位置加上 {{ number }}"
    assert fault.words.en == "The case's number is missing: put {{ number }} where it belongs"


def test_a_tag_that_word_split_into_runs_is_read_whole_and_the_header_is_read_too() -> None:
    document = Document(io.BytesIO(template_saying(*WHOLE)))
    paragraph = document.add_paragraph()
    for piece in ("{", "{ rea", "sons }", "}"):
        paragraph.add_run(piece).bold = piece == "{"
    document.sections[0].header.paragraphs[0].text = "{{ stret }}"
    content = io.BytesIO()
    document.save(content)
    (fault,) = faults_of(REFUSAL, content.getvalue())
    assert fault.where.zh.startswith("页眉第 1 段")
    assert "“street”" in fault.words.zh


def test_a_file_that_unpacks_without_end_or_fetches_something_is_not_opened() -> None:
    for name, part, words in (
        ("word/media/a.bin", b"\0" * (MOST_UNPACKED + 1), "解压后过大"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
            b' Type="http://x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/></Relationships>',
            "引用了外部内容",
        ),
        ("word/document.xml", b"<w:document", "文件已损坏"),
    ):
        (fault,) = faults_of(REFUSAL, _with(template_saying(*WHOLE), name, part))
        assert words in fault.words.zh


def test_nothing_of_a_template_acts_even_where_it_was_never_checked(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    for attack in (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('touch " + str(touched) + "') }}",
        "{% for a in range(1000000) %}{% for b in range(1000000) %}x{% endfor %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ name|attr('__class__') }}",
    ):
        with pytest.raises(TemplateDoesNotFill):
            filled(template_saying(attack), REFUSAL.sample())
    # The document's own properties are filled as well.
    document = Document(io.BytesIO(template_saying(*WHOLE)))
    document.core_properties.title = "{{ lipsum.__globals__ }}"
    content = io.BytesIO()
    document.save(content)
    assert faults_of(REFUSAL, content.getvalue())
    assert not touched.exists()


def test_what_people_typed_is_text_and_never_markup() -> None:
    values = {**REFUSAL.sample(), "reasons": "</w:t><b>{{ number }}</b> & 甲"}
    assert "</w:t><b>{{ number }}</b> & 甲" in text_of(filled(shipped("refusal"), values))


def test_no_pack_calls_a_document_by_a_papers_name() -> None:
    named = {kind for kind in PAPERS if f"'kind': '{kind}'" in str(pack())}
    assert named == set()


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (3_000_000, "叁万元整"), (105, "壹元零伍分"), (30, "叁角整"), (5, "伍分"), (10_000_500, "壹拾万零伍元整"),
        (10_020_030, "壹拾万零贰佰元叁角整"), (1_000_000_000, "壹仟万元整"), (778_500_000, "柒佰柒拾捌万伍仟元整"),
        (10_000_000_000, "壹亿元整"), (0, "零元整"),
    ],
)  # fmt: skip
def test_a_sum_in_capitals_leaves_no_gap(fen: int, words: str) -> None:
    assert capitals(fen) == words


def _with(content: bytes, name: str, part: bytes) -> bytes:
    """The archive with one part put in or in the place of another."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return made.getvalue()
