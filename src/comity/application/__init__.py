"""Use cases over the domain; they reach the world only through ports."""
