"""The working calendar of a street: the yearly notice read and imported, closing days set, cases counted by it."""
