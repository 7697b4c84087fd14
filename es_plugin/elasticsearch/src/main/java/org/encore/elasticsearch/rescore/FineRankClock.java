package org.encore.elasticsearch.rescore;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.elasticsearch.action.search.SearchContextId;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.metadata.IndexNameExpressionResolver;
import org.elasticsearch.cluster.metadata.ProjectMetadata;
import org.elasticsearch.cluster.project.ProjectResolver;
import org.elasticsearch.search.builder.PointInTimeBuilder;
import org.encore.rerank.SearchedIndices;
import org.encore.rescore.CatalogueClock;
import org.encore.rescore.IndexMeta;

/** Tells the time of a search by the {@code _meta} of the indices that it names. */
final class FineRankClock {
    private final IndexNameExpressionResolver names;
    private final ProjectResolver projects;
    private final CatalogueClock clock;
    private final IndexMeta meta = new IndexMeta();

    FineRankClock(IndexNameExpressionResolver names, ProjectResolver projects, LongSupplier wallMillis) {
        this.names = names;
        this.projects = projects;
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
        ProjectMetadata project = projects.getProjectMetadata(state);
        return names(search, project).stream().map(project::index).filter(Objects::nonNull).toList();
    }

    /** Sorted: the engine gives them in no order, and what is said of the first must not change. */
    private List<String> names(SearchRequest search, ProjectMetadata project) {
        PointInTimeBuilder pit = search.source() == null ? null : search.source().pointInTimeBuilder();
        try {
            String[] found = pit != null
                    ? SearchContextId.decodeIndices(pit.getEncodedId())
                    : names.concreteIndexNames(project, search);
            return Arrays.stream(found).sorted().toList();
        } catch (RuntimeException e) {
            return List.of(); // No such index, a closed one…: the search itself will tell.
        }
    }
}
