"""Prefect flows: thin shells around plain functions of the domain."""
