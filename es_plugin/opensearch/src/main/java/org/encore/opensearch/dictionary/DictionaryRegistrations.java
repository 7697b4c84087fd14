package org.encore.opensearch.dictionary;

import java.util.List;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.plugins.ActionPlugin.ActionHandler;
import org.opensearch.core.xcontent.NamedXContentRegistry;

/** What the plugin registers for dictionaries. */
public final class DictionaryRegistrations {
    private DictionaryRegistrations() {}

    /** The actions of people, and those of nodes among themselves. */
    public static List<ActionHandler<?, ?>> actions() {
        return List.of(
                new ActionHandler<>(ListAction.TYPE, ListAction.class),
                new ActionHandler<>(PutAction.TYPE, PutAction.class),
                new ActionHandler<>(DeleteAction.TYPE, DeleteAction.class),
                new ActionHandler<>(ReloadAction.TYPE, ReloadAction.class),
                new ActionHandler<>(ChunkAction.TYPE, ChunkAction.class),
                new ActionHandler<>(ChangeAction.TYPE, ChangeAction.class));
    }

    /** The parts of the cluster's state, as they go from node to node. */
    public static List<NamedWriteableRegistry.Entry> writeables() {
        return List.of(
                ListedMetadata.entry(), ListedMetadata.diffEntry(), ReadyState.entry(), ReadyState.diffEntry());
    }

    /** The part of the cluster's metadata, as it lies on the disk. */
    public static List<NamedXContentRegistry.Entry> contents() {
        return List.of(ListedMetadata.contentEntry());
    }
}
