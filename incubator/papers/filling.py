"""Filling a template: the shipped ones, and any with values, whose text is always text and never markup."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, ClassVar

from jinja2 import TemplateError

from incubator.errors import Refused
from incubator.papers.language import language
from incubator.text import Text


class TemplateDoesNotFill(Refused):
    """A template in use does not take what a real case says; whoever keeps the templates has to mend it."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "template_does_not_fill"
    title: ClassVar[Text] = Text("文书模板无法填充", "The template cannot be filled")


def shipped(key: str) -> bytes:
    """The template that comes with the software."""
    return files("incubator.paper").joinpath(f"{key}.docx").read_bytes()


def filled(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The template filled in, as a docx. TemplateDoesNotFill where it asks for something that the values do not say."""
    from docxtpl import DocxTemplate  # heavy, and needed only where a paper is made

    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(dict(values), jinja_env=language(), autoescape=True)
    except (TemplateError, TypeError) as error:
        raise TemplateDoesNotFill(
            Text(
                f"文书模板无法填充（{error}），请中心主任或系统管理员在“文书模板”中修改或恢复原模板",
                f"The template cannot be filled ({error}): the director or the administrator mends it under Templates",
            )
        ) from error
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
