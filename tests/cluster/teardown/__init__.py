"""Taking a cluster down, and naming whatever of it is still on the machine."""
