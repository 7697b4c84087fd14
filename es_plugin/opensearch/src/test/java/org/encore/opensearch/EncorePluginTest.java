package org.encore.opensearch;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class EncorePluginTest {
    @Test
    void theEngineCanMakeIt() {
        assertNotNull(new EncorePlugin());
    }
}
