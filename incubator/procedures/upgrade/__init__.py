"""Upgrade (升级登记): a filed group that applies to the registrar is supported and followed."""
