package org.encore.elasticsearch.rescore;

import java.util.Arrays;
import java.util.List;
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
        ProjectMetadata project = projects.getProjectMetadata(state);
        CatalogueClock.Search searched = new CatalogueClock.Search();
        for (String name : indices(search, project)) {
            IndexMetadata index = project.index(name);
            if (index != null) { // Else it is on another cluster, or gone: the search itself will tell.
                searched.add(name, videos(index).clockOffsetMillis());
            }
        }
        return clock.now(searched);
    }

    /** The indices that a search by the object {@code owner} names, as far as they are this cluster's. */
    SearchedIndices searched(String owner, SearchRequest search, ClusterState state) {
        ProjectMetadata project = projects.getProjectMetadata(state);
        SearchedIndices searched = new SearchedIndices(owner);
        for (String name : indices(search, project)) {
            IndexMetadata index = project.index(name);
            if (index != null) {
                searched.add(name, videos(index));
            }
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

    private List<String> indices(SearchRequest search, ProjectMetadata project) {
        PointInTimeBuilder pit = search.source().pointInTimeBuilder();
        if (pit != null) {
            return Arrays.asList(SearchContextId.decodeIndices(pit.getEncodedId()));
        }
        try {
            return Arrays.asList(names.concreteIndexNames(project, search));
        } catch (RuntimeException e) {
            return List.of(); // No such index, a closed one…: the search itself will tell.
        }
    }
}
