"""A country that does not exist, over the territory that does: people, courses and ways of every kind, for measuring.

Names are put together from syllables; every person and household says in `external_id` that it is synthetic.
"""
