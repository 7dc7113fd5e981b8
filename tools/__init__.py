"""Developer tooling: what `make` runs.

``tools.setup`` and what it imports need nothing but Python's standard library, for
they run before there is a virtual environment; everything else runs inside it.
"""
