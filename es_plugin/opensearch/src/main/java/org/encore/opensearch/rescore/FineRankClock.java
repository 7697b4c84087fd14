package org.encore.opensearch.rescore;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.encore.rerank.SearchedIndices;
import org.encore.rescore.CatalogueClock;
import org.encore.rescore.IndexMeta;
import org.opensearch.action.search.SearchContextId;
import org.opensearch.action.search.SearchRequest;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.search.builder.PointInTimeBuilder;

/** Tells the time of a search by the {@code _meta} of the indices that it names. */
final class FineRankClock {
    private final IndexNameExpressionResolver names;
    private final NamedWriteableRegistry writeables;
    private final CatalogueClock clock;
    private final IndexMeta meta = new IndexMeta();

    FineRankClock(IndexNameExpressionResolver names, NamedWriteableRegistry writeables, LongSupplier wallMillis) {
        this.names = names;
        this.writeables = writeables;
        this.clock = new CatalogueClock(wallMillis);
    }

    /**
     * UTC milliseconds on the clock of the searched indices.
     *
     * @throws IllegalArgumentException their clocks disagree
     */
    long now(SearchRequest search, ClusterState state) {
        CatalogueClock.Search searched = new CatalogueClock.Search();
        for (IndexMetadata index : indices(search, state)) {
            searched.add(index.getIndex().getName(), videos(index).clockOffsetMillis());
        }
        return clock.now(searched);
    }

    /** The indices that a search by the object {@code owner} names. */
    SearchedIndices searched(String owner, SearchRequest search, ClusterState state) {
        SearchedIndices searched = new SearchedIndices(owner);
        for (IndexMetadata index : indices(search, state)) {
            searched.add(index.getIndex().getName(), videos(index));
        }
        return searched;
    }

    /** UTC milliseconds on the clock of those. */
    long now(SearchedIndices searched) {
        return searched.now(clock);
    }

    private IndexMeta.Videos videos(IndexMetadata index) {
        IndexMeta.Version version =
                new IndexMeta.Version(index.getIndex().getName(), index.getIndexUUID(), index.getMappingVersion());
        return meta.videos(version, () -> index.mapping() == null ? null : index.mapping().sourceAsMap());
    }

    /** The indices that a search names; not those of another cluster or gone, of which the search itself will tell. */
    List<IndexMetadata> indices(SearchRequest search, ClusterState state) {
        return names(search, state).stream().map(state.metadata()::index).filter(Objects::nonNull).toList();
    }

    /** Sorted: the engine gives them in no order, and what is said of the first must not change. */
    private List<String> names(SearchRequest search, ClusterState state) {
        PointInTimeBuilder pit = search.source() == null ? null : search.source().pointInTimeBuilder();
        try {
            String[] found = pit != null
                    ? SearchContextId.decode(writeables, pit.getId()).getActualIndices()
                    : names.concreteIndexNames(state, search);
            return Arrays.stream(found).sorted().toList();
        } catch (RuntimeException e) {
            return List.of(); // No such index, a closed one…: the search itself will tell.
        }
    }
}
