"""Mails: put into words with Jinja and Babel, sent by SMTP with aiosmtplib, or logged.

Nothing is re-exported here, so that reading the settings does not load all of that.
"""
