from ranker.cli.explanation import Part, coarse_parts, explanation_tree, fine_parts


def node(value, description, *details):
    return {"value": value, "description": description, "details": list(details)}


# (8 + 3 + 3.5) · (1 + 0.5), as the engine words it
EXPLANATION = node(
    21.75,
    "function score, product of:",
    node(
        14.5,
        "sum of:",
        node(
            11.0,
            "sum of:",
            node(
                8.0,
                "max of:",
                node(2.0, "weight(tags:晴天 in 7) [PerFieldSimilarity], result of:"),
                node(8.0, "weight(title:晴天 in 7) [PerFieldSimilarity], result of:", node(4.4, "boost")),
            ),
            node(3.0, "weight(Synonym(title:现场 title:现) in 7) [PerFieldSimilarity], result of:"),
        ),
        node(
            3.5,
            "proximity(title.cut:晴天 现场), boost * (coverage - window_weight * (coverage - window)) from:",
            node(4.0, "boost"),
            node(1.0, "coverage, weight of the terms in the field / of the query = 2 / 2"),
            node(0.82, "window [晴天@0, 现场@2], share * (1 + tightness * order) / terms from:"),
        ),
    ),
    node(
        1.5,
        "min of:",
        node(
            1.5,
            "function score, score mode [sum]",
            node(
                1.0,
                "product of:",
                node(1.0, "constant score 1.0 - no function provided"),
                node(1.0, "weight"),
            ),
            node(0.5, "field value function: none(doc['popularity'].value?:0.0 * factor=0.05)"),
        ),
        node(3.4e38, "maxBoost"),
    ),
)


def test_the_parts_are_the_best_field_of_each_term_nearness_and_popularity():
    assert coarse_parts(EXPLANATION) == [
        Part("BM25", 8.0, "title:晴天"),
        Part("BM25", 3.0, "Synonym(title:现场 title:现)"),
        Part("proximity", 3.5, "boost 4, coverage 1, window 0.82"),
        Part("popularity", 0.5, "the rest × 1.500"),
    ]


def test_the_parts_make_the_score():
    parts = coarse_parts(EXPLANATION)
    text = sum(part.value for part in parts if part.name != "popularity")
    assert text * (1 + parts[-1].value) == EXPLANATION["value"]


def test_the_tree_sums_the_terms():
    tree = explanation_tree("BV1 晴天 [现场]", EXPLANATION)
    assert tree.label == "BV1 晴天 \\[现场]"
    assert [child.label for child in tree.children] == [
        "BM25 11.000",
        "proximity 3.500  boost 4, coverage 1, window 0.82",
        "popularity 0.500  the rest × 1.500",
    ]


def test_entities_and_vectors_are_parts_too():
    entity = 'ConstantScore((uploader:周杰伦 | title:周杰伦) (tags:"jay chou") (title:周董))^8.0'
    whole = node(
        16.9,
        "sum of:",
        node(8.0, entity),
        node(8.9, "within top 100 docs"),
        node(0.0, "ConstantScore(tags:晴天)"),
    )
    assert coarse_parts(whole) == [
        Part("entity", 8.0, "周杰伦 / jay chou / 周董"),
        Part("vector", 8.9, "within top 100 docs"),
        Part("entity", 0.0, "晴天"),
    ]


FINE = node(
    3.25,
    "1 + tier + u, finely ranked, sum of:",
    node(
        2,
        "tier, [fair-good] of [bad 0, fair-fair 1, …], the highest whose threshold is reached:",
        node(0.875, "P(fair_fair or better), >= threshold [0.5]"),
        node(0.25, "P(good or better), < threshold [0.5]"),
        node(4, "tier_probabilities, of:", node(0.125, "bad")),
    ),
    node(
        0.25,
        "u, the place within the tier, in [0, 1), sum of weight * value / sum of weights:",
        node(0.125, "relevance, the expected tier / 3, weight [1.0] * value [0.5] / [4.0]"),
        node(0.125, "click, predicted, weight [3.0] * value [0.1666] / [4.0]"),
    ),
    node(2, "versions that gave it: generation [videos-1], mmoe [2], formula [1]"),
    node(21.75, "coarse score, a feature for the ranker, of the first pass:", EXPLANATION),
)


def test_the_fine_parts_are_tier_and_u_and_what_they_came_of():
    assert fine_parts(FINE) == [
        Part("tier", 2, "[fair-good]"),
        Part("tier: P(fair_fair or better)", 0.875, ">= threshold [0.5]"),
        Part("tier: P(good or better)", 0.25, "< threshold [0.5]"),
        Part("u", 0.25),
        Part("u: relevance", 0.125, "the expected tier / 3, weight [1.0] * value [0.5] / [4.0]"),
        Part("u: click", 0.125, "predicted, weight [3.0] * value [0.1666] / [4.0]"),
        Part("versions", 2, "generation [videos-1], mmoe [2], formula [1]"),
    ]
    assert coarse_parts(FINE) == coarse_parts(EXPLANATION)
    assert fine_parts(EXPLANATION) == []


def test_the_tree_of_a_fine_hit_shows_both_scores():
    tree = explanation_tree("BV1", FINE)
    assert [child.label for child in tree.children] == [
        "tier 2 \\[fair-good]",
        "u 0.25",
        "generation \\[videos-1], mmoe \\[2], formula \\[1]",
        "coarse 21.750",
    ]
    assert tree.children[0].children[0].label == "P(fair_fair or better) 0.875  >= threshold \\[0.5]"
    assert tree.children[3].children[0].label == "BM25 11.000"


def test_the_tree_of_a_hit_in_coarse_order_says_why():
    coarse = node(
        0.956,
        "s / (1 + s), not finely ranked because of [timeout], s is the coarse score (below 0 counts as 0):",
        EXPLANATION,
    )
    labels = [child.label for child in explanation_tree("BV1", coarse).children]
    assert labels[:2] == ["s / (1 + s) = 0.956, not finely ranked because of \\[timeout]", "BM25 11.000"]
