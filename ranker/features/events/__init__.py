"""How is what listeners do kept, read and compacted?

    events-00000001.journal …   the log: segments of records, each an event's JSON (`log`, `segments`)
    events.journal              a log of the time before segments; read as segment 0
    durable                     up to which position the log is known to be on disk (`mark`)
    parquet/day=…/A-B.parquet   what was compacted, the events of positions A to B (`compaction`, `table`)
    compaction.json             which Parquet files count, and up to which position they hold the log
    lock, compaction.lock       held by the one writer, by the one compaction

Who follows the log stores the position that it has applied and goes on with `reading.read(folder, after)`.
A position (`position`) is one int64 that only grows; a segment that was compacted and deleted is read from
Parquet by the same call.
"""
