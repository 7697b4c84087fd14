def test_the_orders_are_judged_on_the_truth(stack):
    done = stack.json("eval", "search", "--most", "30")
    assert done["degraded"] == []
    whole = {row["gain"]: row["ndcg@10"] for row in done["rows"] if row["segment"] == "all"}
    for gain in ("tier", "click"):
        means = {name: value["mean"] for name, value in whole[gain].items()}
        assert means["oracle"] == 1.0
        assert means["oracle"] > means["coarse"] > means["random"]


def test_latency_is_measured_in_one_run(stack):
    done = stack.encore("bench", "latency", "--most", "5", "--rounds", "1", "--json", check=False)
    assert '"overhead"' in done.stdout, done.stderr
