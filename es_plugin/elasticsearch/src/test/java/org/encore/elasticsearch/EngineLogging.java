package org.encore.elasticsearch;

import org.elasticsearch.common.logging.LogConfigurator;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives the engine's classes their logger, without which many of them, its exceptions too, don't load. */
public final class EngineLogging implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        LogConfigurator.configureESLogging();
    }
}
