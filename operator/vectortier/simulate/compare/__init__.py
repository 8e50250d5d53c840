"""Two tier files under the same load, side by side."""
