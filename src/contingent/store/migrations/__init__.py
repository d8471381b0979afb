"""How the tables of a conference came to be what they are, step by step; each step a script of Alembic."""
