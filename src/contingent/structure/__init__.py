"""Structure: the tree of formations, with every tour hung into it."""
