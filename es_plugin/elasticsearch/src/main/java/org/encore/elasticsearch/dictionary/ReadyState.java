package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.cluster.AbstractNamedDiffable;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.NamedDiff;
import org.elasticsearch.common.collect.Iterators;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.xcontent.ToXContent;
import org.encore.dictionary.ReadyNodes;

/** {@link ReadyNodes} as a part of the cluster's state that every node sees and no disk keeps. */
final class ReadyState extends AbstractNamedDiffable<ClusterState.Custom> implements ClusterState.Custom {
    private static final ReadyState NONE = new ReadyState(ReadyNodes.NONE);

    private final ReadyNodes ready;

    private ReadyState(ReadyNodes ready) {
        this.ready = ready;
    }

    private ReadyState(StreamInput in) throws IOException {
        this(ReadyNodes.fromMap(in.readGenericMap()));
    }

    static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(ClusterState.Custom.class, ReadyNodes.TYPE, ReadyState::new);
    }

    static NamedWriteableRegistry.Entry diffEntry() {
        return new NamedWriteableRegistry.Entry(NamedDiff.class, ReadyNodes.TYPE, ReadyState::readDiff);
    }

    static ReadyNodes of(ClusterState state) {
        return state.custom(ReadyNodes.TYPE, NONE).ready;
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
    public Iterator<? extends ToXContent> toXContentChunked(ToXContent.Params params) {
        return Iterators.single((content, ignored) -> {
            for (Map.Entry<String, Object> node : ready.toMap().entrySet()) {
                content.field(node.getKey(), node.getValue());
            }
            return content;
        });
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeGenericMap(ready.toMap());
    }

    @Override
    public String getWriteableName() {
        return ReadyNodes.TYPE;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.minimumCompatible();
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
