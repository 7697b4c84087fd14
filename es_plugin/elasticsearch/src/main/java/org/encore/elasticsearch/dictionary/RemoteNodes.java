package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.elasticsearch.ExceptionsHelper;
import org.elasticsearch.action.ActionListenerResponseHandler;
import org.elasticsearch.action.support.PlainActionFuture;
import org.elasticsearch.client.internal.Client;
import org.elasticsearch.cluster.node.DiscoveryNode;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.util.concurrent.ThreadContext;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportRequestOptions;
import org.elasticsearch.transport.TransportService;
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
        PlainActionFuture<ChunkAction.Answer> answer = new PlainActionFuture<>();
        try (ThreadContext.StoredContext ignored = asNode()) {
            transport.sendRequest(
                    target,
                    ChunkAction.NAME,
                    new ChunkAction.Request(version, file, offset),
                    TransportRequestOptions.timeout(PATIENCE),
                    new ActionListenerResponseHandler<>(answer, ChunkAction.Answer::new, threads.generic()));
        }
        return await(answer).chunk();
    }

    @Override
    public void announce(Map<String, String> versions) throws IOException {
        PlainActionFuture<ChangeAction.Answer> answer = new PlainActionFuture<>();
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
