import json


def test_the_orders_are_judged_on_the_truth(stack):
    done = stack.json("eval", "search", "--most", "30")
    assert done["degraded"] == []
    whole = {row["gain"]: row["ndcg@10"] for row in done["rows"] if row["segment"] == "all"}
    for gain in ("tier", "click"):
        means = {name: value["mean"] for name, value in whole[gain].items()}
        assert means["oracle"] == 1.0
        assert means["oracle"] > means["fine"] > means["coarse"] > means["random"]


def test_latency_is_measured_in_one_run(stack):
    # Whether the overhead is within its limit is for a quiet machine to say: here only the numbers must come.
    done = stack.encore(
        "bench", "latency", "--most", "5", "--rounds", "1", "--warm-up", "0", "--json", check=False
    )
    found = json.loads(done.stdout)
    assert found["questions"] == 5
    for part in (found["coarse"], *found["fine_rank"].values(), found["model"]["500"], found["identity_hop"]):
        assert 0 < part["p50"] <= part["p95"] <= part["p99"]
    assert found["fine_rank"]["500"]["p50"] > found["coarse"]["p50"]
    assert done.returncode == (0 if found["overhead"]["ok"] else 1)
