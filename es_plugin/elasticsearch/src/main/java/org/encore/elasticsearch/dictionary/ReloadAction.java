package org.encore.elasticsearch.dictionary;

import java.util.Map;
import org.elasticsearch.action.ActionType;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.threadpool.ThreadPool;
import org.elasticsearch.transport.TransportService;
import org.encore.dictionary.DictionaryReport;

/** Lets every node look at its folders again: what came is available, what went is not, all files are checked. */
public final class ReloadAction extends NodesAction {
    public static final ActionType<Answer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/reload");

    @Inject
    public ReloadAction(
            ClusterService cluster,
            TransportService transport,
            ThreadPool threads,
            ActionFilters filters,
            DictionaryService service) {
        super(TYPE.name(), cluster, transport, threads, filters, service);
    }

    @Override
    void prepare(DictionaryService ofNode) {
        ofNode.dictionaries().reload();
        ofNode.keeper().work();
    }

    @Override
    Map<String, Object> report(Request request, Map<String, DictionaryReport.OfNode> nodes, DictionaryService here) {
        return DictionaryReport.reloaded(nodes);
    }
}
