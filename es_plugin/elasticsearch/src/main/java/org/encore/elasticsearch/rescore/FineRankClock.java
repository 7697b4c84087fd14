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

/**
 * Tells the time of a search: the wall clock, moved by the {@code clock_offset_ms} of the index that is searched.
 *
 * <p>Several indices may be searched at once if their clocks agree; if they don't, no one time is right, and the request
 * must bring its own {@code now}.
 */
final class FineRankClock {
    private final IndexNameExpressionResolver names;
    private final ProjectResolver projects;
    private final LongSupplier wallMillis;
    private final IndexMeta meta = new IndexMeta();

    FineRankClock(IndexNameExpressionResolver names, ProjectResolver projects, LongSupplier wallMillis) {
        this.names = names;
        this.projects = projects;
        this.wallMillis = wallMillis;
    }

    /**
     * UTC milliseconds on the clock of the searched indices.
     *
     * @throws IllegalArgumentException their clocks disagree
     */
    long now(SearchRequest search, ClusterState state) {
        ProjectMetadata project = projects.getProjectMetadata(state);
        Long offset = null;
        String first = null;
        for (String name : indices(search, project)) {
            IndexMetadata index = project.index(name);
            if (index == null) {
                continue; // On another cluster, or gone: the search itself will tell.
            }
            long itsOffset = meta.clockOffsetMillis(index);
            if (offset != null && offset != itsOffset) {
                throw new IllegalArgumentException("[fine_rank] needs [now]: the clocks of indices [" + first + "] and ["
                        + name + "] differ, [" + offset + "] and [" + itsOffset + "] ms ahead");
            }
            if (offset == null) {
                offset = itsOffset;
                first = name;
            }
        }
        return wallMillis.getAsLong() + (offset == null ? 0 : offset);
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
