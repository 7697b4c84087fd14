package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opensearch.ExceptionsHelper;
import org.opensearch.action.ActionListenerResponseHandler;
import org.opensearch.action.support.PlainActionFuture;
import org.opensearch.transport.client.Client;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportRequestOptions;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.DictionaryChunk;
import org.encore.dictionary.DictionaryKeeper;

/** The other nodes, asked by the node itself rather than for a user; each call waits for its answer. */
final class RemoteNodes implements DictionaryKeeper.Cluster {
    private static final TimeValue PATIENCE = TimeValue.timeValueSeconds(30);

    private final Client client;
    private final ClusterService cluster;
    private final ThreadPool threads;
    private volatile TransportService transport;

    RemoteNodes(Client client, ClusterService cluster, ThreadPool threads) {
        this.client = client;
        this.cluster = cluster;
        this.threads = threads;
    }

    /** Brings what only transport actions are given. */
    void connect(TransportService service) {
        transport = service;
    }

    @Override
    public DictionaryChunk chunk(String node, String version, String file, long offset) throws IOException {
        DiscoveryNode target = cluster.state().nodes().get(node);
        if (target == null) {
            throw new IOException("it has left");
        }
        PlainActionFuture<ChunkAction.Answer> answer = PlainActionFuture.newFuture();
        try (ThreadContext.StoredContext ignored = asNode()) {
            transport.sendRequest(
                    target,
                    ChunkAction.NAME,
                    new ChunkAction.Request(version, file, offset),
                    TransportRequestOptions.builder().withTimeout(PATIENCE).build(),
                    new ActionListenerResponseHandler<>(answer, ChunkAction.Answer::new, ThreadPool.Names.GENERIC));
        }
        return await(answer).chunk();
    }

    @Override
    public void announce(Map<String, String> versions) throws IOException {
        PlainActionFuture<ChangeAction.Answer> answer = PlainActionFuture.newFuture();
        try (ThreadContext.StoredContext ignored = asNode()) {
            String start = cluster.localNode().getEphemeralId();
            client.execute(ChangeAction.TYPE, ChangeAction.Request.announce(start, versions, PATIENCE), answer);
        }
        await(answer);
    }

    private ThreadContext.StoredContext asNode() {
        ThreadContext context = threads.getThreadContext();
        ThreadContext.StoredContext before = context.stashContext();
        context.markAsSystemContext();
        return before;
    }

    private static <T> T await(PlainActionFuture<T> answer) throws IOException {
        try {
            return answer.get(PATIENCE.millis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = ExceptionsHelper.unwrapCause(e.getCause());
            throw new IOException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("no answer within [" + PATIENCE + "]", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
