package org.encore.dictionary;

/** A request that the state of the cluster forbids; the message names the version in [brackets]. */
public final class DictionaryRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private DictionaryRefusal(int status, String message) {
        super(message);
        this.status = status;
    }

    /** There is no such version: 404. */
    public static DictionaryRefusal missing(String version) {
        return new DictionaryRefusal(404, "no node has dictionary [" + version + "], and it is not listed");
    }

    /** It never came through the cluster, which therefore cannot take it away: 409. */
    public static DictionaryRefusal notListed(String version) {
        return conflict("dictionary [" + version + "] lies in a node's config/encore/dictionary, where only whoever"
                + " installs the node deletes it; POST _encore/dictionary/_reload then makes it known");
    }

    /** The heap is too full for it: 429. */
    static DictionaryRefusal noRoom(String version, long bytes, RuntimeException cause) {
        DictionaryRefusal refusal = new DictionaryRefusal(
                429,
                "the heap has no room for dictionary [" + version + "], whose loading takes about [" + (bytes >> 20)
                        + "] MB: give the node more heap, or delete versions (" + cause.getMessage() + ")");
        refusal.initCause(cause);
        return refusal;
    }

    /** It cannot be done now: 409. */
    static DictionaryRefusal conflict(String message) {
        return new DictionaryRefusal(409, message);
    }

    /** The HTTP status that says so. */
    public int status() {
        return status;
    }
}
