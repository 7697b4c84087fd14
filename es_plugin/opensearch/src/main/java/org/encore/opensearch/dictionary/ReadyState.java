package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.opensearch.Version;
import org.opensearch.cluster.AbstractNamedDiffable;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.NamedDiff;
import org.opensearch.cluster.routing.allocation.RoutingAllocation;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.encore.dictionary.ReadyNodes;

/** {@link ReadyNodes} as a part of the cluster's state that every node sees and no disk keeps. */
final class ReadyState extends AbstractNamedDiffable<ClusterState.Custom> implements ClusterState.Custom {
    private final ReadyNodes ready;

    private ReadyState(ReadyNodes ready) {
        this.ready = ready;
    }

    private ReadyState(StreamInput in) throws IOException {
        this(ReadyNodes.fromMap(in.readMap()));
    }

    static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(ClusterState.Custom.class, ReadyNodes.TYPE, ReadyState::new);
    }

    static NamedWriteableRegistry.Entry diffEntry() {
        return new NamedWriteableRegistry.Entry(NamedDiff.class, ReadyNodes.TYPE, ReadyState::readDiff);
    }

    static ReadyNodes of(ClusterState state) {
        return of(state.<ReadyState>custom(ReadyNodes.TYPE));
    }

    static ReadyNodes of(RoutingAllocation allocation) {
        return of(allocation.<ReadyState>custom(ReadyNodes.TYPE));
    }

    private static ReadyNodes of(ReadyState found) {
        return found == null ? ReadyNodes.NONE : found.ready;
    }

    static ClusterState put(ClusterState state, ReadyNodes ready) {
        return ClusterState.builder(state)
                .putCustom(ReadyNodes.TYPE, new ReadyState(ready))
                .build();
    }

    private static NamedDiff<ClusterState.Custom> readDiff(StreamInput in) throws IOException {
        return readDiffFrom(ClusterState.Custom.class, ReadyNodes.TYPE, in);
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder content, Params params) throws IOException {
        for (Map.Entry<String, Object> field : ready.toMap().entrySet()) {
            content.field(field.getKey(), field.getValue());
        }
        return content;
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeMap(ready.toMap());
    }

    @Override
    public String getWriteableName() {
        return ReadyNodes.TYPE;
    }

    @Override
    public Version getMinimalSupportedVersion() {
        return Version.CURRENT.minimumCompatibilityVersion();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReadyState that && ready.equals(that.ready);
    }

    @Override
    public int hashCode() {
        return Objects.hash(ready);
    }
}
