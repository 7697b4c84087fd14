"""What does the ranker know about a query, a video and a listener?

A generation's folder, made with the index:

    columns.write(videos, artists, songs, dictionary_dir, folder)     packs of columns, id index, names
    users.write_users(users, folder)                                  who listeners are
    history.write_history(folder, searches, exposures)                what the log says, where there is one

A request, in this order (`serving.pipeline` is just this):

    columns = VideoColumns.open(folder)              once a generation, like all that takes `columns`
    users = UserColumns.open(folder)
    statistics = Statistics.open(folder / STATISTICS, columns.names)
    specification = Specification.load(version_folder)               refused where it doesn't fit this code
    parser = QueryParser(columns.analyzer, columns.names, columns.terms)
    builder = FeatureBuilder(columns, users, statistics, specification)
    vectors = ItemVectors.open(folder, tower_folder, columns, specification)

    query = parser.parse(text)                                       may be cached by text
    rows = columns.rows(ids)                                         −1: unknown, gets defaults
    features = builder.build(query, user, context, now, rows)        dense, ids, match
    query_vector ← query_tower(specification.query_words(query.words))
    tier_probabilities ← relevance(query_vector, vectors.take(rows), features.match)
    click, effective_play, watch_ratio, like ← mmoe(features.dense, features.ids)
    tier, u = Formula.tier_and_u(tier_probabilities, predictions)

Training rows come from the same builder at another moment: `moments.moments` walks the log by day,
`builder.at(statistics)` sees only what was known before it.

Each family of features is one file of `families`, with a table of what it computes; what is declared and
not computed yet is `feature.ABSENT`.
"""
