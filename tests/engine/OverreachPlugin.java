import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;

/** Tries what it has no right to, and answers how each try ended. */
public class OverreachPlugin extends Plugin implements ActionPlugin {
    @Override
    public Collection<RestHandler> getRestHandlers(
            RestHandlersServices services, Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features) {
        return List.of(new RestHandler() {
            @Override
            public void handleRequest(RestRequest request, RestChannel channel, NodeClient client) {
                Map<String, Callable<?>> tries = new LinkedHashMap<>();
                tries.put("connect", () -> new Socket(InetAddress.getLoopbackAddress(), 9));
                tries.put("listen", () -> new ServerSocket(0));
                tries.put("read", () -> Files.readString(Path.of("/etc/passwd")));
                tries.put("run", () -> new ProcessBuilder("true").start());
                StringBuilder ends = new StringBuilder();
                tries.forEach((name, attempt) -> ends.append(name + " " + end(attempt) + "\n"));
                channel.sendResponse(new RestResponse(RestStatus.OK, ends.toString()));
            }

            @Override
            public List<Route> routes() {
                return List.of(new Route(RestRequest.Method.GET, "/_overreach"));
            }
        });
    }

    private static String end(Callable<?> attempt) {
        try {
            attempt.call();
            return "allowed";
        } catch (Throwable refused) { // the engine hides its refusal inside the exception that callers expect
            Throwable root = refused.getCause() == null ? refused : refused.getCause();
            return root.getClass().getSimpleName();
        }
    }
}
