"""Letters: a mail in words, as plain text and as HTML, from one template a language."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.mail.facts import facts
from adapters.mail.foreign_text import greeted_name, one_line
from adapters.mail.wording import Wording
from application.ports.mailer import Mail
from domain.users import Locale

Form = Literal["html", "txt"]
_FORMS: Final[tuple[Form, Form]] = ("html", "txt")


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody reads. The subject is one line; neither it nor the text is HTML."""

    subject: str
    text: str
    html: str


class Letters:
    """Writes letters in the name of a house, which lead to the front page of its site.

    Each occasion has one template in each language. It is rendered twice, into HTML and into plain
    text, which differ only in the layout that it builds on: so both say the same. What is printed
    into HTML is escaped; foreign text comes on one line (`facts`).
    """

    def __init__(self, house_name: str, timezone: ZoneInfo, front_page: str) -> None:
        self._house_name = house_name
        self._front_page = front_page
        self._wordings = {locale: Wording(locale, timezone) for locale in Locale}
        self._environments = {form: _environment(form) for form in _FORMS}

    def write(self, mail: Mail) -> Letter:
        """The mail in its recipient's language."""
        context = self._context(mail)
        html, text = (self._render(mail, form, context) for form in _FORMS)
        return Letter(subject=self._subject(mail, context), text=text, html=html)

    def _render(self, mail: Mail, form: Form, context: dict[str, Any]) -> str:
        layout: dict[str, Any] = {"layout": f"layout.{form}", "parts": f"parts.{form}"}
        text = self._template(mail, form).render(layout | context).strip()
        # Whatever a template leaves out would leave its blank lines behind.
        return re.sub(r"\n{3,}", "\n\n", text) + "\n"

    def _subject(self, mail: Mail, context: dict[str, Any]) -> str:
        template = self._template(mail, "txt")
        return one_line("".join(template.blocks["subject"](template.new_context(context))))

    def _template(self, mail: Mail, form: Form) -> Any:
        name = f"{mail.to.locale.value}/{mail.occasion.value}.jinja"
        return self._environments[form].get_template(name)

    def _context(self, mail: Mail) -> dict[str, Any]:
        return {
            "house": self._house_name,
            "front_page": self._front_page,
            "language": mail.to.locale.value,
            "name": greeted_name(mail.to.full_name),
            **facts(mail.about, self._wordings[mail.to.locale]),
        }


def _environment(form: Form) -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=form == "html",  # noqa: S701 - the other form is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
