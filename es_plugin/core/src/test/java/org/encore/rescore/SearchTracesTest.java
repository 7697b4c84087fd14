package org.encore.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.encore.rank.FallbackCause;
import org.encore.rank.ScoreMark;
import org.junit.jupiter.api.Test;

class SearchTracesTest {
    private long now;
    private final SearchTraces traces = new SearchTraces(() -> now);

    private static ShardKey key(String token, int shard) {
        return new ShardKey(token, "uuid", shard);
    }

    @Test
    void eachShardKeepsItsCause() {
        traces.fellBack(key("s1", 0), FallbackCause.TIMEOUT);
        traces.fellBack(key("s1", 1), FallbackCause.OVERLOADED);
        traces.fellBack(key("s2", 0), FallbackCause.DEADLINE);
        assertEquals(FallbackCause.TIMEOUT, traces.cause(key("s1", 0)));
        assertEquals(FallbackCause.OVERLOADED, traces.cause(key("s1", 1)));
        assertNull(traces.cause(key("s2", 1)));
    }

    @Test
    void aSearchsCausesAreTakenOnce() {
        traces.fellBack(key("s1", 0), FallbackCause.TIMEOUT);
        traces.fellBack(key("s1", 1), FallbackCause.OVERLOADED);
        traces.fellBack(key("s1", 2), FallbackCause.TIMEOUT);
        assertEquals(Set.of(FallbackCause.TIMEOUT, FallbackCause.OVERLOADED), traces.takeCauses("s1"));
        assertEquals(Set.of(), traces.takeCauses("s1"));
        assertEquals(FallbackCause.TIMEOUT, traces.cause(key("s1", 2)), "the shard's fetch phase may come later");
    }

    @Test
    void anotherNodesShardCountsForTheSearch() {
        traces.fellBack(key("s1", 0), FallbackCause.TIMEOUT);
        traces.fellBack("s1", FallbackCause.DEADLINE);
        assertNull(traces.cause(key("s1", 1)), "not for a shard of this node");
        assertEquals(Set.of(FallbackCause.TIMEOUT, FallbackCause.DEADLINE), traces.takeCauses("s1"));
    }

    @Test
    void eachShardKeepsItsMarks() {
        traces.marked(key("s1", 0), new ShardMarks(ScoreMark.STORED, new int[0]));
        traces.marked(key("s1", 1), new ShardMarks(null, new int[] {3, 8}));
        assertEquals(ScoreMark.STORED, traces.marks(key("s1", 0)).of(8));
        assertEquals(ScoreMark.STORED, traces.marks(key("s1", 1)).of(8));
        assertEquals(ScoreMark.SCORED, traces.marks(key("s1", 1)).of(4));
        assertNull(traces.marks(key("s2", 0)));
    }

    @Test
    void tracesEnd() {
        traces.fellBack(key("s1", 0), FallbackCause.TIMEOUT);
        now = TimeUnit.MINUTES.toNanos(1) + 1;
        assertNull(traces.cause(key("s1", 0)));
        assertEquals(Set.of(), traces.takeCauses("s1"));
    }

    @Test
    void tracesAreBounded() {
        for (int i = 0; i < 5_000; i++) {
            traces.fellBack(key("s" + i, 0), FallbackCause.TIMEOUT);
        }
        assertNull(traces.cause(key("s0", 0)));
        assertEquals(FallbackCause.TIMEOUT, traces.cause(key("s4999", 0)));
    }
}
