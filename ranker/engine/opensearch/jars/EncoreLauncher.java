package org.opensearch.bootstrap;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.SecureSettings;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.xcontent.XContentType;
import org.opensearch.core.common.settings.SecureString;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/**
 * Starts a node from the stock home, in the hands of the process that launched it.
 *
 * <p>The stock start refuses root, reads its settings and secrets from files and outlives its launcher. Here
 * standard input carries them, two lines of JSON, and must stay open: its end closes the node down. The rest
 * is as in the stock start, the engine's agent and the plugins' security policies included; these are set up
 * by a class that only its own package may call, hence this package.
 */
public final class EncoreLauncher {

    private EncoreLauncher() {}

    /** Runs until standard input ends; the exit code is 0 then, and 1 when the node could not start. */
    public static void main(String[] arguments) {
        int code = 1;
        try {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Settings settings = read(input.readLine());
            Secrets secrets = new Secrets(read(input.readLine()));
            run(Settings.builder().put(settings).setSecureSettings(secrets).build(), input);
            code = 0;
        } catch (Throwable failure) {
            LogManager.getLogger(EncoreLauncher.class).error("fatal exception while booting OpenSearch", failure);
        }
        LogManager.shutdown();
        new OpenSearchUncaughtExceptionHandler().halt(code); // the policy allows nobody else to exit
    }

    private static Settings read(String json) {
        return Settings.builder().loadFromSource(json, XContentType.JSON).build();
    }

    private static void run(Settings settings, BufferedReader input) throws Exception {
        BootstrapInfo.init();
        LogConfigurator.registerErrorListener();
        Path configuration = Path.of(System.getProperty("opensearch.path.conf"));
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), configuration, () -> "localhost");
        LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(environment.settings()));
        LogConfigurator.configure(environment);
        Thread.setDefaultUncaughtExceptionHandler(new OpenSearchUncaughtExceptionHandler());
        Bootstrap.initializeProbes();
        Security.configure(environment, BootstrapSettings.SECURITY_FILTER_BAD_DEFAULTS_SETTING.get(settings));
        try (Node node = new Node(environment)) {
            node.start();
            while (input.read() >= 0) {
                // nobody says anything else
            }
            node.close();
            node.awaitClose(10, TimeUnit.SECONDS);
        }
    }

    /** The node's secure settings, held in memory; each is a string. */
    private static final class Secrets implements SecureSettings {

        private final Map<String, String> values = new HashMap<>();

        Secrets(Settings secrets) {
            for (String name : secrets.keySet()) {
                values.put(name, secrets.get(name));
            }
        }

        @Override
        public boolean isLoaded() {
            return true;
        }

        @Override
        public Set<String> getSettingNames() {
            return values.keySet();
        }

        @Override
        public SecureString getString(String setting) {
            return new SecureString(values.get(setting).toCharArray());
        }

        @Override
        public InputStream getFile(String setting) {
            return new ByteArrayInputStream(bytes(setting));
        }

        @Override
        public byte[] getSHA256Digest(String setting) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(bytes(setting));
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void close() {
            // the values stay readable for plugins that are reloaded
        }

        private byte[] bytes(String setting) {
            return values.get(setting).getBytes(StandardCharsets.UTF_8);
        }
    }
}
