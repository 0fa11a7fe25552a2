"""Mail, rendered with Jinja and Babel, and sent over SMTP with aiosmtplib or written to the log.

Nothing is re-exported here, so that reading the settings does not import these packages.
"""
