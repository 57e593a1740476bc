"""The JSON API: one module a resource, each a router of its own."""
