"""What time does to things by itself: holds run out, nobody comes, old keys are forgotten.

Each sweep does what is there to do, batch by batch, and comes to the same however often and by how
many workers at once it is run.
"""
