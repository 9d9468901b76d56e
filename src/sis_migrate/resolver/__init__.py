"""Versions that fit together: what uv says of a list, and what is let go until it says yes."""
