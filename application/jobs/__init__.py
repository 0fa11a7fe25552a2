"""Background work: jobs that a commit enqueued, and tasks that run periodically.

Any number of workers may run it; a worker that dies loses nothing.
"""
