"""The web workbench: pages rendered on the server, each a router of its own."""
