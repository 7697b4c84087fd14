package org.encore.opensearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import org.encore.rank.FallbackCause;
import org.junit.jupiter.api.Test;
import org.opensearch.common.io.stream.BytesStreamOutput;

class ShardOutcomeTest {
    private static FallbackCause overTheWire(ShardOutcome outcome) throws IOException {
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            outcome.writeTo(out);
            return ShardOutcome.read(out.bytes().streamInput());
        }
    }

    @Test
    void travelsBetweenNodes() throws IOException {
        for (FallbackCause cause : FallbackCause.values()) {
            ShardOutcome outcome = new ShardOutcome();
            outcome.leave(cause);
            assertEquals(cause, overTheWire(outcome));
        }
    }

    @Test
    void aShardThatRankedLeavesNothing() throws IOException {
        ShardOutcome outcome = new ShardOutcome();
        assertNull(overTheWire(outcome));
        outcome.leave(null);
        assertNull(overTheWire(outcome));
    }
}
