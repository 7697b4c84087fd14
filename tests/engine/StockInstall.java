import java.net.URL;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.entitlement.runtime.policy.PolicyUtils;
import org.elasticsearch.jdk.JarHell;
import org.elasticsearch.plugins.PluginDescriptor;
import org.elasticsearch.plugins.PluginsUtils;

/**
 * What Elasticsearch's installer asks of an unpacked plugin, by the engine's own classes: the installer's program is not
 * among the artifacts on Maven Central, what it calls is.
 *
 * <p>Arguments: the unpacked folder, the engine's home. Prints the plugin, and each right that its policy asks for.
 */
public final class StockInstall {
    public static void main(String[] arguments) throws Exception {
        LogConfigurator.configureESLogging(); // the classes below ask for a log as soon as they are loaded
        Path folder = Path.of(arguments[0]);
        Path home = Path.of(arguments[1]);
        PluginDescriptor plugin = PluginDescriptor.readFromProperties(folder);
        PluginsUtils.verifyCompatibility(plugin);
        Set<URL> classpath = JarHell.parseClassPath();
        PluginsUtils.preInstallJarHellCheck(plugin, folder, home.resolve("plugins"), home.resolve("modules"), classpath);
        System.out.println(plugin.getName() + " " + plugin.getVersion() + " for " + plugin.getElasticsearchVersion());
        var policy = PolicyUtils.parsePolicyIfExists(plugin.getName(), folder, true);
        for (String right : new TreeSet<>(PolicyUtils.getEntitlementsDescriptions(policy))) {
            System.out.println(right);
        }
    }
}
