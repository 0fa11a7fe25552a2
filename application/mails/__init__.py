"""Mails to users.

A mail is enqueued as a job in the commit of the change that it reports. It is composed from the
current state when the job runs.
"""
