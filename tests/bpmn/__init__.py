"""Procedures as BPMN diagrams."""
