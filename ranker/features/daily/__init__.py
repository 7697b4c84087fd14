"""What did the whole days before today say, of each video, uploader, artist and pair?

T+1 statistics: once a day, over the last 1, 7 and 30 whole days before day D, written as
`statistics/day=D/<entity>.parquet`. Training rows and requests of day D read day D's, which holds nothing
of D itself: no row sees its own day.

    windows       which days, which counters, which columns
    expressions   the statistics, written once as Ibis expressions
    inputs        which files of the event log and of the requests hold those days
    backend       what a place to compute has to offer; `duckdb_backend`, `spark_backend`
    job           all of a day, on one of them
    output        a day's folder, replaced whole; reading it

Integers only, so that both backends give the same numbers to the last one.
"""
