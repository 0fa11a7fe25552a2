"""People as admins see them: finding users, and changing what they may do."""
