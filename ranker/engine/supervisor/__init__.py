"""One daemon per installation that starts the engine, the model server and the ranker and keeps them running.

`launch` starts it, `control` talks to it, `state` is what others read; `parts` says what it runs, `keeper`
keeps one part running.
"""
