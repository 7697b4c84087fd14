package org.encore.opensearch.rescore;

import java.io.IOException;
import org.encore.rank.FallbackCause;
import org.encore.rescore.SearchTraces;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;

/**
 * Tells the coordinator that a shard fell back, whether or not its hits reach the page: it travels in the search's own
 * request, which the engine sends back with the result of each shard's query phase.
 *
 * <p>Nothing in the engine hands that request on to a plugin's filter, so reading it from the wire <em>is</em> the
 * telling: it leaves the cause in the reading node's {@link SearchTraces}, as a shard of that node would have. The
 * coordinator reads all results before it answers. A shard that ranked leaves nothing. Shards on the coordinator's own
 * node share one request with it; what one of them leaves may travel on to another node, where it says nothing new.
 */
final class ShardOutcome {
    private volatile FallbackCause cause;

    /** Leaves why the shard fell back; null where it did not. */
    void leave(FallbackCause why) {
        if (why != null) {
            cause = why;
        }
    }

    void writeTo(StreamOutput out) throws IOException {
        FallbackCause left = cause;
        out.writeOptionalString(left == null ? null : left.wireName());
    }

    /** Reads what {@link #writeTo} wrote; null where the shard ranked, or has not begun. */
    static FallbackCause read(StreamInput in) throws IOException {
        String name = in.readOptionalString();
        return name == null ? null : FallbackCause.named(name);
    }
}
