"""What the house writes to its people.

A mail is noted as a job in the commit of what it follows from, and written when the job runs, from
what is true by then.
"""
