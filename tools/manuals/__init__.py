"""`make manuals`: the manuals of the addons, with pictures of the pages as they are now."""
