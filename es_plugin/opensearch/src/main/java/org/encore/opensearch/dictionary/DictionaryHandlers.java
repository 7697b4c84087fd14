package org.encore.opensearch.dictionary;

import java.util.List;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.transport.client.node.NodeClient;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.RestChannel;
import org.opensearch.rest.RestHandler;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.RestRequest.Method;
import org.opensearch.rest.action.RestActions.NodesResponseRestListener;
import org.opensearch.rest.action.RestToXContentListener;
import org.encore.text.DictionaryFiles;

/** The paths below {@code _encore/dictionary}. */
public final class DictionaryHandlers {
    private static final String VERSION = "version";
    private static final String ONE = "/_encore/dictionary/{" + VERSION + "}";
    private static final TimeValue PATIENCE = TimeValue.timeValueSeconds(60);

    private DictionaryHandlers() {}

    /** All of them. */
    public static List<RestHandler> all() {
        return List.of(new Get(), new Put(), new Delete(), new Reload());
    }

    private static String version(RestRequest request) {
        return DictionaryFiles.checkVersion(request.param(VERSION));
    }

    private static TimeValue patience(RestRequest request) {
        return request.paramAsTime("timeout", PATIENCE);
    }

    private static final class MapListener extends RestToXContentListener<MapAnswer> {
        MapListener(RestChannel channel) {
            super(channel);
        }

        @Override
        protected RestStatus getStatus(MapAnswer answer) {
            return answer.status();
        }
    }

    private static final class Get extends BaseRestHandler {
        @Override
        public String getName() {
            return "encore_dictionary_get";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(Method.GET, "/_encore/dictionary"), new Route(Method.GET, ONE));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            NodesAction.Request asked = request.hasParam(VERSION)
                    ? NodesAction.Request.of(version(request))
                    : NodesAction.Request.ofAll();
            return channel -> client.execute(ListAction.TYPE, asked, new NodesResponseRestListener<>(channel));
        }
    }

    private static final class Put extends BaseRestHandler {
        @Override
        public String getName() {
            return "encore_dictionary_put";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(Method.PUT, ONE));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            String version = version(request);
            TimeValue patience = patience(request);
            PutAction.Request asked = new PutAction.Request(version, request.content(), patience);
            return channel -> client.execute(PutAction.TYPE, asked, new MapListener(channel));
        }
    }

    private static final class Delete extends BaseRestHandler {
        @Override
        public String getName() {
            return "encore_dictionary_delete";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(Method.DELETE, ONE));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            DeleteAction.Request asked = new DeleteAction.Request(version(request), patience(request));
            return channel -> client.execute(DeleteAction.TYPE, asked, new MapListener(channel));
        }
    }

    private static final class Reload extends BaseRestHandler {
        @Override
        public String getName() {
            return "encore_dictionary_reload";
        }

        @Override
        public List<Route> routes() {
            return List.of(new Route(Method.POST, "/_encore/dictionary/_reload"));
        }

        @Override
        protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
            return channel -> client.execute(
                    ReloadAction.TYPE, NodesAction.Request.ofAll(), new NodesResponseRestListener<>(channel));
        }
    }
}
