package org.encore.rerank;

import java.util.concurrent.CancellationException;
import org.encore.rank.FallbackCause;
import org.encore.rank.RankFailure;
import org.encore.rank.RankStatistics;
import org.encore.rank.RankerClient;
import org.encore.rank.WireRequest;
import org.encore.rank.WireResponse;

/**
 * Orders a window by one call of the ranker, or says in what order it stays without.
 *
 * <p>The call waits on a virtual thread of its own, so no thread of the engine does; how many may wait is the client's
 * bound on calls in flight. Thread-safe.
 */
public final class GlobalRanker {
    private final RankerClient client;
    private final RankStatistics statistics;

    /** Asks by that client, which guards every call, and counts what comes of it. */
    public GlobalRanker(RankerClient client, RankStatistics statistics) {
        this.client = client;
        this.statistics = statistics;
    }

    /** Who waits for a window's order. Called once, by whatever method, on a thread that is the ranker's or the caller's. */
    public interface Waiting {
        /** The window has an order, fine or coarse. */
        void ordered(GlobalOrder order);

        /** The search was cancelled. */
        void cancelled();

        /** Writes a fault of the plugin to the node's log. */
        void log(String message, RuntimeException fault);
    }

    /** Orders the window of that search; returns at once. A window without a candidate needs no call. */
    public void rank(GlobalSearch search, GlobalWindow window, Waiting waiting) {
        if (window.candidates().count() == 0) {
            tell(search, GlobalOrder.coarse(window, null), waiting);
            return;
        }
        Thread.ofVirtual().name("encore-global-rank").start(() -> ask(search, window, waiting));
    }

    private void ask(GlobalSearch search, GlobalWindow window, Waiting waiting) {
        GlobalOrder order;
        try {
            order = GlobalOrder.fine(window, score(search, window));
        } catch (RankFailure e) {
            order = fallBack(window, e.fallbackCause(), e.getMessage());
        } catch (CancellationException e) {
            statistics.cancelled();
            waiting.cancelled();
            return;
        } catch (RuntimeException e) {
            waiting.log("the global rank failed; the search keeps the coarse order", e);
            order = fallBack(window, FallbackCause.INTERNAL_ERROR, e.toString());
        }
        tell(search, order, waiting);
    }

    private WireResponse score(GlobalSearch search, GlobalWindow window) throws RankFailure {
        search.checkCancelled();
        long start = System.nanoTime();
        WireRequest request = new WireRequest(search.identity(), window.candidates(), search.explain());
        WireResponse response = client.score(request, search.deadline(), search::checkCancelled);
        statistics.ranked(response.count(), System.nanoTime() - start);
        return response;
    }

    private GlobalOrder fallBack(GlobalWindow window, FallbackCause cause, String reason) {
        statistics.fellBack(cause, reason, System.currentTimeMillis());
        return GlobalOrder.coarse(window, cause);
    }

    private static void tell(GlobalSearch search, GlobalOrder order, Waiting waiting) {
        search.ordered(order);
        waiting.ordered(order);
    }
}
