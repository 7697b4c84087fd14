package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.cluster.AbstractNamedDiffable;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.NamedDiff;
import org.elasticsearch.cluster.metadata.Metadata;
import org.elasticsearch.common.collect.Iterators;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.ToXContent;
import org.elasticsearch.xcontent.XContentParser;
import org.encore.dictionary.ListedDictionaries;

/** {@link ListedDictionaries} as a part of the cluster's metadata, which every master keeps on its disk. */
final class ListedMetadata extends AbstractNamedDiffable<Metadata.ClusterCustom> implements Metadata.ClusterCustom {
    private static final ListedMetadata NONE = new ListedMetadata(ListedDictionaries.NONE);

    private final ListedDictionaries listed;

    private ListedMetadata(ListedDictionaries listed) {
        this.listed = listed;
    }

    private ListedMetadata(StreamInput in) throws IOException {
        this(ListedDictionaries.fromMap(in.readGenericMap()));
    }

    static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(
                Metadata.ClusterCustom.class, ListedDictionaries.TYPE, ListedMetadata::new);
    }

    static NamedWriteableRegistry.Entry diffEntry() {
        return new NamedWriteableRegistry.Entry(NamedDiff.class, ListedDictionaries.TYPE, ListedMetadata::readDiff);
    }

    static NamedXContentRegistry.Entry contentEntry() {
        return new NamedXContentRegistry.Entry(
                Metadata.ClusterCustom.class, new ParseField(ListedDictionaries.TYPE), ListedMetadata::parse);
    }

    static ListedDictionaries of(ClusterState state) {
        return state.metadata().custom(ListedDictionaries.TYPE, NONE).listed;
    }

    static ClusterState put(ClusterState state, ListedDictionaries listed) {
        Metadata changed = Metadata.builder(state.metadata())
                .putCustom(ListedDictionaries.TYPE, new ListedMetadata(listed))
                .build();
        return ClusterState.builder(state).metadata(changed).build();
    }

    private static NamedDiff<Metadata.ClusterCustom> readDiff(StreamInput in) throws IOException {
        return readDiffFrom(Metadata.ClusterCustom.class, ListedDictionaries.TYPE, in);
    }

    private static ListedMetadata parse(XContentParser parser) throws IOException {
        return new ListedMetadata(ListedDictionaries.fromMap(parser.map()));
    }

    @Override
    public EnumSet<Metadata.XContentContext> context() {
        return Metadata.API_AND_GATEWAY;
    }

    @Override
    public Iterator<? extends ToXContent> toXContentChunked(ToXContent.Params params) {
        return Iterators.single((content, ignored) -> {
            for (Map.Entry<String, Object> field : listed.toMap().entrySet()) {
                content.field(field.getKey(), field.getValue());
            }
            return content;
        });
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeGenericMap(listed.toMap());
    }

    @Override
    public String getWriteableName() {
        return ListedDictionaries.TYPE;
    }

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.minimumCompatible();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListedMetadata that && listed.equals(that.listed);
    }

    @Override
    public int hashCode() {
        return Objects.hash(listed);
    }
}
