package org.encore.opensearch.dictionary;

import java.util.Map;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.DictionaryReport;

/** Says which versions there are, on which nodes, and which index names which. */
public final class ListAction extends NodesAction {
    public static final ActionType<Answer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/list", Answer::new);

    @Inject
    public ListAction(
            ClusterService cluster,
            TransportService transport,
            ThreadPool threads,
            ActionFilters filters,
            DictionaryService service) {
        super(TYPE.name(), cluster, transport, threads, filters, service);
    }

    @Override
    void prepare(DictionaryService ofNode) {}

    @Override
    Map<String, Object> report(Request request, Map<String, DictionaryReport.OfNode> nodes, DictionaryService here) {
        return request.version() == null
                ? DictionaryReport.all(nodes, here.keeper().view())
                : DictionaryReport.one(request.version(), nodes, here.keeper().view());
    }
}
