"""Mails: put into words with Jinja and Babel, sent by SMTP with aiosmtplib, or logged."""

from adapters.mail.letters import Letters
from adapters.mail.log_mailer import LogMailer
from adapters.mail.smtp_mailer import SmtpMailer, SmtpServer, SmtpTls

__all__ = ["Letters", "LogMailer", "SmtpMailer", "SmtpServer", "SmtpTls"]
