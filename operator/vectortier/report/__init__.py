"""Pure reporting: from what was seen and decided to status, events and decision records."""
