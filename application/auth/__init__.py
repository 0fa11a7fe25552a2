"""Who somebody is: signing up, logging in, and telling a caller by their token."""
