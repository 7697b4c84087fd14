package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import org.opensearch.Version;
import org.opensearch.cluster.AbstractNamedDiffable;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.NamedDiff;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.core.ParseField;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.encore.dictionary.ListedDictionaries;

/** {@link ListedDictionaries} as a part of the cluster's metadata, which every master keeps on its disk. */
final class ListedMetadata extends AbstractNamedDiffable<Metadata.Custom> implements Metadata.Custom {
    private final ListedDictionaries listed;

    private ListedMetadata(ListedDictionaries listed) {
        this.listed = listed;
    }

    private ListedMetadata(StreamInput in) throws IOException {
        this(ListedDictionaries.fromMap(in.readMap()));
    }

    static NamedWriteableRegistry.Entry entry() {
        return new NamedWriteableRegistry.Entry(
                Metadata.Custom.class, ListedDictionaries.TYPE, ListedMetadata::new);
    }

    static NamedWriteableRegistry.Entry diffEntry() {
        return new NamedWriteableRegistry.Entry(NamedDiff.class, ListedDictionaries.TYPE, ListedMetadata::readDiff);
    }

    static NamedXContentRegistry.Entry contentEntry() {
        return new NamedXContentRegistry.Entry(
                Metadata.Custom.class, new ParseField(ListedDictionaries.TYPE), ListedMetadata::parse);
    }

    static ListedDictionaries of(ClusterState state) {
        ListedMetadata found = state.metadata().custom(ListedDictionaries.TYPE);
        return found == null ? ListedDictionaries.NONE : found.listed;
    }

    static ClusterState put(ClusterState state, ListedDictionaries listed) {
        Metadata changed = Metadata.builder(state.metadata())
                .putCustom(ListedDictionaries.TYPE, new ListedMetadata(listed))
                .build();
        return ClusterState.builder(state).metadata(changed).build();
    }

    private static NamedDiff<Metadata.Custom> readDiff(StreamInput in) throws IOException {
        return readDiffFrom(Metadata.Custom.class, ListedDictionaries.TYPE, in);
    }

    private static ListedMetadata parse(XContentParser parser) throws IOException {
        return new ListedMetadata(ListedDictionaries.fromMap(parser.map()));
    }

    @Override
    public EnumSet<Metadata.XContentContext> context() {
        return Metadata.API_AND_GATEWAY;
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder content, Params params) throws IOException {
        for (Map.Entry<String, Object> field : listed.toMap().entrySet()) {
            content.field(field.getKey(), field.getValue());
        }
        return content;
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        out.writeMap(listed.toMap());
    }

    @Override
    public String getWriteableName() {
        return ListedDictionaries.TYPE;
    }

    @Override
    public Version getMinimalSupportedVersion() {
        return Version.CURRENT.minimumCompatibilityVersion();
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
