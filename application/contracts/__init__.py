"""What an adapter has to keep beyond the types of its port, as tests that anybody can run.

They need pytest with anyio's plugin where they are run; the modules themselves import nothing of
either. docs/embedding.md shows how an adapter is put to them.
"""
