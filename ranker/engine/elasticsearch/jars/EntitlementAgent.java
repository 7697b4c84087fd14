package org.encore.entitlement;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;

/**
 * The agent that the engine attaches to itself at boot in order to switch its entitlement checks on.
 *
 * <p>The engine passes the name of the class to start as the agent's argument. That class is found by the
 * system class loader, in which the engine's modules live; the engine has exported its package to us.
 */
public final class EntitlementAgent {

    private EntitlementAgent() {}

    /** Called by the JVM on attach, once. */
    public static void agentmain(String initializer, Instrumentation instrumentation) throws ReflectiveOperationException {
        Class<?> type = ClassLoader.getSystemClassLoader().loadClass(initializer);
        Method start = type.getMethod("initialize", Instrumentation.class);
        start.invoke(null, instrumentation);
    }
}
