"""A second verifier of evidence bundles: from docs/spec alone, with nothing but Python's own library.

It shares no code with the rest of Comity, so that a fault in one is no fault in the other, and it
becomes one file that runs wherever Python does (`comity evidence verifier`).
"""
