"""What students write, read by the kind of the part."""
