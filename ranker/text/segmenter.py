"""jieba itself, over the words of an exported dictionary instead of its own file."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import jieba

from ranker.text.long_runs import recognize

_LONG_BLOCK = 1_000  # below, jieba's own code; above, its hidden Markov model alone is replaced


class Segmenter(jieba.Tokenizer):  # type: ignore[misc]
    """jieba's tokenizer with a given word list; no cache file, no user dictionary, no global state.

    `words` maps each word to its frequency (1 or more). The logs may be given, as an exported file has them;
    they are otherwise `math.log`. Segmentation is jieba's own code; only `calc` is replaced by the same sum
    over logs taken beforehand, and in blocks of more than 1,000 characters the hidden Markov model by one in
    linear time. Safe to share between threads.
    """

    def __init__(
        self,
        words: Mapping[str, int],
        logs: Mapping[str, float] | None = None,
        log_total: float | None = None,
    ) -> None:
        super().__init__()
        self._logs = dict(logs) if logs is not None else {word: math.log(f) for word, f in words.items()}
        self.total = sum(words.values())
        self._log_total = math.log(self.total) if log_total is None else log_total
        self.FREQ: dict[str, int] = dict(words)
        for word in words:
            for end in range(len(word) - 1, 0, -1):
                if word[:end] in self.FREQ:
                    break
                self.FREQ[word[:end]] = 0
        self.initialized = True

    def calc(self, sentence: str, DAG: dict[int, list[int]], route: dict[int, Any]) -> None:  # noqa: N803
        """Fill `route` with the best (log probability, last index) from each index to the end.

        Of equal sums the greater end index wins, as `max` over pairs has it in jieba.
        """
        logs, log_total = self._logs, self._log_total
        length = len(sentence)
        route[length] = (0, 0)
        for start in range(length - 1, -1, -1):
            route[start] = max(
                (logs.get(sentence[start : last + 1], 0.0) - log_total + route[last + 1][0], last)
                for last in DAG[start]
            )

    def _Tokenizer__cut_DAG(self, sentence: str) -> Iterator[str]:  # noqa: N802  # jieba's private name
        """Cut one block along the best route, as jieba does; called by `cut`."""
        if len(sentence) <= _LONG_BLOCK:
            yield from super()._Tokenizer__cut_DAG(sentence)
            return
        route: dict[int, Any] = {}
        self.calc(sentence, self.get_DAG(sentence), route)
        singles = start = 0
        while start < len(sentence):
            end = route[start][1] + 1
            if end - start > 1:
                yield from self._recognized(sentence[singles:start])
                yield sentence[start:end]
                singles = end
            start = end
        yield from self._recognized(sentence[singles:])

    def _recognized(self, run: str) -> Iterator[str]:
        if len(run) < 2 or self.FREQ.get(run):
            yield from run
        else:
            yield from recognize(run)
