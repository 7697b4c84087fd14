package org.encore.rescore;

/**
 * One execution of a search on one shard; what its query phase leaves for its fetch phase goes by it.
 *
 * @param token     of the execution
 * @param indexUuid the shard's index
 * @param shard     its number within the index
 */
public record ShardKey(String token, String indexUuid, int shard) {}
