"""Local stack: the whole county on one machine, without containers (`make run`), and the tools of the repository.

Folders: `stack` (what one stack consists of), `launcher`, `broker`, `start_page`, `county` (demo data), `story`
(demonstration). A module here is a program: `python -m deploy.local.<module>`. `environment`, `locks` and `generate`
are about the repository and need no stack.
"""
