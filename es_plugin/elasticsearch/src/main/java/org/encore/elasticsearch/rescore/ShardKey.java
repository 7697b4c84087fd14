package org.encore.elasticsearch.rescore;

import org.elasticsearch.index.shard.ShardId;

/** One execution of a search on one shard; what its query phase leaves for its fetch phase goes by it. */
record ShardKey(String token, ShardId shard) {}
