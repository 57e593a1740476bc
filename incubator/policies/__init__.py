"""Policy packs: the numbers, documents and deadlines of a place, each with its source."""
