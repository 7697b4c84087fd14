"""How does a string become the same terms in Python and inside the engine?

One exported folder (`dictionary`) holds every table that a language needs: the normaliser, the words, the
hidden Markov model and the code points that count as content. Both languages apply those tables and call
no Unicode property at run time, so that two Unicode versions cannot disagree.
"""
