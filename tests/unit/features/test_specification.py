import json

import numpy as np
import pytest

from ranker.errors import InvalidInputError
from ranker.features.families import dense_features, match_features
from ranker.features.ids import ID_FEATURES
from ranker.features.priors import Priors
from ranker.features.specification import FILE, QUERY_WORDS, SCHEMA, Specification, _hash
from ranker.features.terms import term_hash

WORDS = ("晴天", "周杰伦", "mv")
BUCKETS = 8


def made(**other):
    return Specification.make(
        **{
            "ids": {"artist": ["jay", "hebe"], "user": ["u1"]},
            "words": WORDS,
            "buckets": BUCKETS,
            "priors": Priors({"of_video": {"click": (1.0, 9.0)}}),
            "dictionary": "d1",
            "trained_until": 1_000,
            **other,
        }
    )


def bucket(word):
    return 1 + len(WORDS) + term_hash(word) % BUCKETS


def changed(folder, change, *, sealed=True):
    """Save, change the JSON, and (unless not `sealed`) give it the hash of what it holds now."""
    made().save(folder)
    path = folder / FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    if sealed:
        data["hash"] = _hash({key: value for key, value in data.items() if key != "hash"})
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def refusal(folder):
    with pytest.raises(InvalidInputError) as error:
        Specification.load(folder)
    return str(error.value)


def test_what_was_saved_loads_again(tmp_path):
    made().save(tmp_path)
    loaded = Specification.load(tmp_path)
    assert loaded == made()
    assert loaded.hash == made().hash
    assert loaded.priors.get("of_video", "click") == (1.0, 9.0)


def test_names_are_this_codes_in_order():
    specification = made()
    assert specification.dense == tuple(feature.name for feature in dense_features())
    assert specification.match == tuple(feature.name for feature in match_features())
    assert tuple(specification.ids) == ID_FEATURES


def test_no_name_stands_twice():
    specification = made()
    for names in (specification.dense, specification.match, [f["name"] for f in specification.features]):
        assert len(set(names)) == len(names)


def test_position_and_device_are_never_served():
    served = {*made().dense, *made().match, *ID_FEATURES}
    assert not served & {"position", "device"}
    assert "training" not in {feature["leak"] for feature in made().features}


def test_an_id_feature_has_a_code_for_the_rare():
    sizes = dict(zip(ID_FEATURES, made().cardinalities, strict=True))
    assert (sizes["artist"], sizes["user"], sizes["song"]) == (3, 2, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"ids": {"artist": ["hebe", "jay"], "user": ["u1"]}},
        {"words": WORDS[:2]},
        {"buckets": 9},
        {"priors": Priors({"of_video": {"click": (1.0, 8.0)}})},
        {"dictionary": "d2"},
        {"trained_until": 1_001},
    ],
)
def test_another_content_has_another_hash(other):
    assert made(**other).hash != made().hash


def test_the_hash_is_sixteen_hexadecimal_digits_of_the_content():
    assert made().hash == made().hash == _hash(made().as_dict())
    assert len(made().hash) == 16


def test_a_missing_or_damaged_file_is_refused(tmp_path):
    path = tmp_path / FILE
    assert refusal(tmp_path) == (
        f"the specification [{path}] can't be read: [[Errno 2] No such file or directory: '{path}'];"
        " train again"
    )
    path.write_text("{")
    assert refusal(tmp_path).startswith(f"the specification [{path}] can't be read: [Expecting property name")


def test_another_schema_is_refused(tmp_path):
    path = changed(tmp_path, lambda data: data.update(schema=99))
    assert refusal(tmp_path) == (
        f"the specification [{path}] has schema [99], this program reads [{SCHEMA}]; train again"
    )


def test_a_content_that_was_changed_by_hand_is_refused(tmp_path):
    path = changed(tmp_path, lambda data: data.update(buckets=9), sealed=False)
    assert refusal(tmp_path) == (
        f"the specification [{path}] has hash [{made().hash}], its content [{made(buckets=9).hash}];"
        " train again"
    )


def test_another_order_is_refused(tmp_path):
    first, second = made().match[:2]

    def swap(data):
        data["match"][:2] = [second, first]

    path = changed(tmp_path, swap)
    assert refusal(tmp_path) == (
        f"the specification [{path}] has [{second}] as match feature [0], this program [{first}]; train again"
    )


@pytest.mark.parametrize("what", ["dense", "match"])
def test_a_feature_too_few_is_refused(tmp_path, what):
    path = changed(tmp_path, lambda data: data[what].pop())
    count = len(getattr(made(), what))
    assert refusal(tmp_path) == (
        f"the specification [{path}] has [{count - 1}] {what} features, this program [{count}]; train again"
    )


def test_other_ids_are_refused(tmp_path):
    def rename(data):
        data["ids"] = {("singer" if name == "artist" else name): ids for name, ids in data["ids"].items()}

    path = changed(tmp_path, rename)
    assert refusal(tmp_path) == (
        f"the specification [{path}] has [singer] as ids feature [0], this program [artist]; train again"
    )


def test_a_feature_that_is_gone_is_refused(tmp_path):
    path = changed(tmp_path, lambda data: data["features"].append({"name": "gone"}))
    count = len(made().features)
    assert refusal(tmp_path) == (
        f"the specification [{path}] has [{count + 1}] computed features, this program [{count}]; train again"
    )


def test_another_default_is_refused(tmp_path):
    at = next(i for i, feature in enumerate(made().features) if feature["name"] == "age_days")
    path = changed(tmp_path, lambda data: data["features"][at].update(default=0.0))
    assert refusal(tmp_path) == (
        f"the specification [{path}] says default [0.0] of feature [age_days], this program [9.0];"
        " train again"
    )


def test_words_are_coded_from_one_and_padded_with_zero():
    codes = made().query_words(["周杰伦", "晴天", "mv"])
    assert (codes.dtype, codes.shape) == (np.int64, (1, QUERY_WORDS))
    assert codes[0].tolist() == [2, 1, 3] + [0] * (QUERY_WORDS - 3)


def test_unknown_words_fall_into_buckets_behind_the_known():
    words = [f"词{i}" for i in range(12)]
    codes = made().query_words(words)[0, :12].tolist()
    assert codes == [bucket(word) for word in words]
    assert made().word_codes == 1 + 3 + BUCKETS
    assert max(codes) < made().word_codes


def test_a_query_of_nothing_is_padding_and_a_long_one_is_cut():
    assert not made().query_words([]).any()
    assert made().query_words(["晴天"] * (QUERY_WORDS + 5)).tolist() == [[1] * QUERY_WORDS]


def test_without_a_vocabulary_all_words_are_buckets():
    codes = made(words=()).codes_of_terms(np.array([[term_hash("晴天"), 0]], np.uint32))
    assert codes.tolist() == [[1 + term_hash("晴天") % BUCKETS, 0]]
