"""MailRenderer: renders a mail as plain text and as HTML, from one template per language."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.mail.formatting import LocaleFormatter
from adapters.mail.sanitize import greeting_name, single_line
from adapters.mail.template_context import template_context
from application.mails.mail import Mail
from domain.users import Locale

Format = Literal["html", "txt"]
_FORMATS: Final[tuple[Format, Format]] = ("html", "txt")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The readable content of a mail. `subject` is one line; `subject` and `text` are not HTML."""

    subject: str
    text: str
    html: str


class MailRenderer:
    """Renders mails under the name of the house, with links to the front page of its site.

    Each occasion has one template per language. It is rendered twice, as HTML and as plain text,
    and the two differ only in the layout that the template extends: so both have the same content.
    HTML output is escaped, and user-supplied text is reduced to one line (`template_context`).
    """

    def __init__(self, house_name: str, timezone: ZoneInfo, front_page: str) -> None:
        self._house_name = house_name
        self._front_page = front_page
        self._formatters = {locale: LocaleFormatter(locale, timezone) for locale in Locale}
        self._environments = {format_: _environment(format_) for format_ in _FORMATS}

    def render(self, mail: Mail) -> RenderedMail:
        """Return the mail in its recipient's language."""
        context = self._context(mail)
        html, text = (self._body(mail, format_, context) for format_ in _FORMATS)
        return RenderedMail(subject=self._subject(mail, context), text=text, html=html)

    def _body(self, mail: Mail, format_: Format, context: dict[str, Any]) -> str:
        layout: dict[str, Any] = {"layout": f"layout.{format_}", "parts": f"parts.{format_}"}
        text = self._template(mail, format_).render(layout | context).strip()
        # Skipped parts of a template leave their blank lines behind.
        return re.sub(r"\n{3,}", "\n\n", text) + "\n"

    def _subject(self, mail: Mail, context: dict[str, Any]) -> str:
        template = self._template(mail, "txt")
        return single_line("".join(template.blocks["subject"](template.new_context(context))))

    def _template(self, mail: Mail, format_: Format) -> Any:
        name = f"{mail.to.locale.value}/{mail.type.value}.jinja"
        return self._environments[format_].get_template(name)

    def _context(self, mail: Mail) -> dict[str, Any]:
        return {
            "house": self._house_name,
            "front_page": self._front_page,
            "language": mail.to.locale.value,
            "name": greeting_name(mail.to.full_name),
            **template_context(mail.content, self._formatters[mail.to.locale]),
        }


def _environment(format_: Format) -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=format_ == "html",  # noqa: S701 - the other format is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
