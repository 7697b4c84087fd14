package org.encore.elasticsearch.rest;

import static org.elasticsearch.rest.RestRequest.Method.GET;
import static org.elasticsearch.rest.RestRequest.Method.HEAD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestController;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestHandler.Route;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.telemetry.TelemetryProvider;
import org.elasticsearch.usage.UsageService;
import org.junit.jupiter.api.Test;

/** Against the engine's own route table. */
class MissingRoutesTest {
    private static final Route GET_ROOT = new Route(GET, "/");
    private static final Route HEAD_ROOT = new Route(HEAD, "/");

    private final RestController controller =
            new RestController(null, null, null, new UsageService(), TelemetryProvider.NOOP);
    private final MissingRoutes missing = new MissingRoutes(List.of(handler(GET_ROOT, HEAD_ROOT)));

    private static RestHandler handler(Route... routes) {
        return new RestHandler() {
            @Override
            public void handleRequest(RestRequest request, RestChannel channel, NodeClient client) {}

            @Override
            public List<Route> routes() {
                return List.of(routes);
            }
        };
    }

    @Test
    void anEngineWithoutTheRoutesGetsThem() {
        missing.registerWith(controller);
        assertEquals(List.of(GET_ROOT, HEAD_ROOT), missing.offer());
    }

    @Test
    void aStockEngineKeepsItsOwn() {
        controller.registerHandler(handler(GET_ROOT, HEAD_ROOT));
        missing.registerWith(controller);
        assertEquals(List.of(), missing.offer());
    }

    @Test
    void onlyTheMissingOneIsAdded() {
        controller.registerHandler(handler(GET_ROOT));
        missing.registerWith(controller);
        assertEquals(List.of(HEAD_ROOT), missing.offer());
    }

    @Test
    void anEngineThatRegistersAfterThePluginKeepsItsOwn() {
        missing.registerWith(controller);
        controller.registerHandler(handler(GET_ROOT, HEAD_ROOT)); // a module that loads later; then the node starts
        assertEquals(List.of(), missing.offer());
    }
}
