package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.io.InputStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.ActionRequestValidationException;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.TransportAction;
import org.elasticsearch.client.internal.Client;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateObserver;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.bytes.BytesReference;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.node.NodeClosedException;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.encore.dictionary.DictionaryRefusal;
import org.encore.dictionary.DictionaryReport;
import org.encore.dictionary.DictionaryUpload;
import org.encore.dictionary.ListedDictionaries;
import org.encore.text.DictionaryFiles;

/**
 * Takes a version into the cluster: keeps it on this node, lists it, and answers when every node is ready.
 *
 * <p>A node that is not ready within the request's timeout is named with the reason; it goes on trying.
 */
public final class PutAction extends TransportAction<PutAction.Request, MapAnswer> {
    public static final ActionType<MapAnswer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/put");
    private static final Logger logger = LogManager.getLogger(PutAction.class);

    private final ClusterService cluster;
    private final ThreadPool threads;
    private final Client client;
    private final DictionaryService service;

    @Inject
    public PutAction(
            TransportService transport,
            ActionFilters filters,
            ClusterService cluster,
            ThreadPool threads,
            DictionaryService service) {
        super(TYPE.name(), filters, transport.getTaskManager(), threads.generic());
        this.cluster = cluster;
        this.threads = threads;
        this.client = service.client();
        this.service = service;
    }

    /** A body for a version; it stays on the node that received it. */
    static final class Request extends ActionRequest {
        private final String version;
        private final BytesReference body;
        private final TimeValue timeout;

        Request(String version, BytesReference body, TimeValue timeout) {
            this.version = version;
            this.body = body;
            this.timeout = timeout;
        }

        @Override
        public ActionRequestValidationException validate() {
            return null;
        }
    }

    @Override
    protected void doExecute(Task task, Request request, ActionListener<MapAnswer> listener) {
        DictionaryFiles files;
        try (InputStream body = request.body.streamInput()) {
            files = DictionaryUpload.read(request.version, body);
            service.keeper().receive(files);
        } catch (DictionaryRefusal refusal) {
            listener.onFailure(ClusterUpdates.engines(refusal));
            return;
        } catch (IOException | RuntimeException e) {
            listener.onFailure(e);
            return;
        }
        ListedDictionaries.Listed listed =
                new ListedDictionaries.Listed(files.sha256(), files.bytes(), threads.absoluteTimeInMillis());
        client.execute(
                ChangeAction.TYPE,
                ChangeAction.Request.list(request.version, listed, request.timeout),
                ActionListener.wrap(
                        answer -> whenReady(request, answer.changed(), listener),
                        e -> {
                            service.keeper().dismiss(request.version);
                            listener.onFailure(e);
                        }));
    }

    private void whenReady(Request request, boolean created, ActionListener<MapAnswer> listener) {
        ClusterStateObserver.waitForState(
                cluster,
                threads.getThreadContext(),
                new ClusterStateObserver.Listener() {
                    @Override
                    public void onNewClusterState(ClusterState state) {
                        RestStatus status = created ? RestStatus.CREATED : RestStatus.OK;
                        ActionListener.completeWith(listener, () -> new MapAnswer(
                                status, DictionaryReport.sent(request.version, created, service.view(state))));
                    }

                    @Override
                    public void onClusterServiceClose() {
                        listener.onFailure(new NodeClosedException(cluster.localNode()));
                    }

                    @Override
                    public void onTimeout(TimeValue timeout) {
                        onNewClusterState(cluster.state());
                    }
                },
                state -> service.view(state).notReady(request.version).isEmpty(),
                request.timeout,
                logger);
    }
}
