"""Words every room speaks: ids, instants, units, errors, invariants."""
