"""Dormancy (僵尸型): a filed group without a sign of life is given notice, and leaves unless it shows one."""
