package org.encore.opensearch.rerank;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opensearch.action.search.SearchTask;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.tasks.TaskId;

class CoordinatedSearchTest {
    private final ThreadContext threads = new ThreadContext(Settings.EMPTY);

    private static SearchTask task() {
        return new SearchTask(1, "transport", "search", () -> "a search", TaskId.EMPTY_TASK_ID, Map.of());
    }

    @Test
    void aSearchIsFoundWhileItsContextHoldsAndASecondOneTakesItsPlace() {
        CoordinatedSearch outer = new CoordinatedSearch(task());
        CoordinatedSearch inner = new CoordinatedSearch(task());
        assertNull(CoordinatedSearch.current(threads));
        try (ThreadContext.StoredContext ignored = outer.enter(threads)) {
            assertSame(outer, CoordinatedSearch.current(threads));
            try (ThreadContext.StoredContext alsoIgnored = inner.enter(threads)) {
                assertSame(inner, CoordinatedSearch.current(threads));
            }
            assertSame(outer, CoordinatedSearch.current(threads));
        }
        assertNull(CoordinatedSearch.current(threads));
    }

    @Test
    void itKnowsWhetherItsTaskIsCancelled() {
        SearchTask task = task();
        CoordinatedSearch search = new CoordinatedSearch(task);
        assertFalse(search.isCancelled());
        task.cancel("by the test");
        assertTrue(search.isCancelled());
    }
}
