"""What can be done with a house: the use cases, and the ports that they need from the outside.

Imports the domain and the standard library, nothing else.
"""
