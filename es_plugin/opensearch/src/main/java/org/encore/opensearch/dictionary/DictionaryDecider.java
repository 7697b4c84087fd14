package org.encore.opensearch.dictionary;

import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.routing.RoutingNode;
import org.opensearch.cluster.routing.ShardRouting;
import org.opensearch.cluster.routing.allocation.RoutingAllocation;
import org.opensearch.cluster.routing.allocation.decider.AllocationDecider;
import org.opensearch.cluster.routing.allocation.decider.Decision;
import org.encore.dictionary.ClusterView;
import org.encore.dictionary.IndexDictionaries;

/**
 * Keeps shards off a node until it can use the dictionaries that their index names.
 *
 * <p>A node fetches what it lacks by itself and says so to the master, which then asks again; a shard that is on
 * a node stays there.
 */
public final class DictionaryDecider extends AllocationDecider {
    /** The name in explanations of allocation. */
    public static final String NAME = "encore_dictionary";

    private final IndexDictionaries indices = new IndexDictionaries();

    @Override
    public Decision canAllocate(ShardRouting shard, RoutingNode node, RoutingAllocation allocation) {
        return decide(allocation.metadata().getIndexSafe(shard.index()), node.node(), allocation);
    }

    @Override
    public Decision canAllocate(IndexMetadata index, RoutingNode node, RoutingAllocation allocation) {
        return decide(index, node.node(), allocation);
    }

    @Override
    public Decision shouldAutoExpandToNode(IndexMetadata index, DiscoveryNode node, RoutingAllocation allocation) {
        return decide(index, node, allocation);
    }

    @Override
    public Decision canForceAllocatePrimary(ShardRouting shard, RoutingNode node, RoutingAllocation allocation) {
        return canAllocate(shard, node, allocation); // by force, the shard would fail there
    }

    private Decision decide(IndexMetadata index, DiscoveryNode node, RoutingAllocation allocation) {
        String why = ClusterView.keepsOff(
                index.getIndex().getName(),
                DictionaryService.versions(indices, index),
                node.getEphemeralId(),
                ReadyState.of(allocation));
        if (why == null) {
            return Decision.ALWAYS;
        }
        return allocation.decision(Decision.NO, NAME, "%s", why);
    }
}
