"""Doors: parse, call one use case, render. No rules live here."""
