"""An engine that answers what a test says, in the place of a real one."""

import httpx

from ranker.engine.rest import EngineError, Product


class ScriptedEngine:
    """Answers with (JSON or text, headers) or raises, in turn; keeps what it was sent."""

    def __init__(self, *script, engine="elasticsearch"):
        self.script = list(script)
        self.engine = engine
        self.sent = []

    def send(self, method, path, content, content_type):
        self.sent.append((method, path, content, content_type))
        answer, headers = self.script.pop(0)
        if isinstance(answer, EngineError):
            raise answer
        if isinstance(answer, str):
            return httpx.Response(200, text=answer, headers=headers)
        return httpx.Response(200, json=answer, headers=headers)

    def product(self):
        return Product(self.engine, "1")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass
