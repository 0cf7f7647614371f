"""The control API under ``/control/``: the world, its troubles, acting and seeing as a person."""
