"""Having a space for a time: booking it, looking it up, giving it up, coming and going."""
