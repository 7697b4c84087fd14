"""What happened in the last minutes: counters of videos and plays of listeners, as of an event's receipt.

    windows.py       which events count when: aligned buckets, three windows
    cells.py         a video's counters as packed bytes, many videos at once
    plays.py         a listener's last plays as packed bytes
    as_of.py         the same counters from raw events, as training and replay need them
    store.py         what a store promises
    memory.py        one that lives in the process
    valkey_store.py  one that Valkey (or Redis) holds, one server or a cluster
    projection.py    follows the event log and applies it, each event once
    beginning.py     where in the log an empty store begins

Both stores keep the same bytes, made by the same code: a store differs in where they lie. What a store holds
is made from the log and can be made again.
"""
