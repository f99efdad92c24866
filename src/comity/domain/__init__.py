"""The pure rooms: values in, values out. No I/O, no clock, no chance."""
