"""What an operator asks about a range of days: how full, how much money, whose custom."""
