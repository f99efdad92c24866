"""A second verifier of evidence bundles: from docs/spec alone, with nothing but Python's own library.

It takes no code from the rest of Comity, so that a fault in one is no fault in the other, and it becomes
one file that runs wherever Python does (`comity evidence verifier`). `comity evidence verify` takes from here
the reader of time-stamp tokens alone (docs/decisions/0078-a-token-is-bound-before-it-is-believed.md).
"""
