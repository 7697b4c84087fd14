package org.encore.elasticsearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.elasticsearch.common.io.stream.BytesStreamOutput;
import org.encore.rank.FallbackCause;
import org.junit.jupiter.api.Test;

class ShardOutcomeTest {
    @Test
    void travelsBetweenNodes() throws IOException {
        for (FallbackCause cause : FallbackCause.values()) {
            ShardOutcome outcome = new ShardOutcome("token", cause);
            try (BytesStreamOutput out = new BytesStreamOutput()) {
                outcome.writeTo(out);
                assertEquals(outcome, ShardOutcome.read(out.bytes().streamInput()));
            }
        }
    }
}
