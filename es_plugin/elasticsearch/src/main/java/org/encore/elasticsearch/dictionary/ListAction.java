package org.encore.elasticsearch.dictionary;

import java.util.Map;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.encore.dictionary.DictionaryReport;

/** Says which versions there are, on which nodes, and which index names which. */
public final class ListAction extends NodesAction {
    public static final ActionType<Answer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/list");

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
