"""Benchmarks: what the addon does beside what Odoo does without it, in one run.

Both sides work on the same database, in turn, several times; the ratio of the medians
says more than the seconds, which are those of the machine.
"""
