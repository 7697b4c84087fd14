package org.encore.elasticsearch.rest;

import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.elasticsearch.common.component.AbstractLifecycleComponent;
import org.elasticsearch.rest.RestController;
import org.elasticsearch.rest.RestHandler;

/**
 * Adds handlers for paths that the engine may lack.
 *
 * <p>A stock distribution brings {@code GET /} in a module of its own, the artifacts of Maven Central do not; two
 * handlers of one path stop the boot, and a plugin cannot know which modules load after it. So the handlers wait
 * until the node starts: by then every module has registered, the HTTP port is still closed, and a
 * path that is taken already is left to its owner.
 */
public final class MissingRoutes extends AbstractLifecycleComponent {
    private static final Logger logger = LogManager.getLogger(MissingRoutes.class);

    private final List<RestHandler> handlers;
    private RestController controller;

    /** Will offer {@code handlers} when the node starts. */
    public MissingRoutes(List<RestHandler> handlers) {
        this.handlers = List.copyOf(handlers);
    }

    /** Names where to register; called once, while the node is being made. */
    public void registerWith(RestController controller) {
        this.controller = controller;
    }

    @Override
    protected void doStart() {
        offer();
    }

    /** Registers the routes that nobody has, and says which those are. */
    List<RestHandler.Route> offer() {
        List<RestHandler.Route> added = new ArrayList<>();
        for (RestHandler handler : handlers) {
            for (RestHandler.Route route : handler.routes()) {
                try {
                    controller.registerHandler(route, handler);
                    added.add(route);
                } catch (IllegalArgumentException taken) {
                    logger.debug("the engine answers [{} {}] itself", route.getMethod(), route.getPath());
                }
            }
        }
        return added;
    }

    @Override
    protected void doStop() {}

    @Override
    protected void doClose() {}
}
