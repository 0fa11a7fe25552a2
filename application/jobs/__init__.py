"""What happens without a request: jobs that a commit noted, and chores that go by the clock.

Everything here comes to the same however many workers do it, and wherever one of them dies.
"""
