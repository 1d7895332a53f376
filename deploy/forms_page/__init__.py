"""The engine of the page of forms: one file out of pinned packages, kept in the tree with licences and digest."""
