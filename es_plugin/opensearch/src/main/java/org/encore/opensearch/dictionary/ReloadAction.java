package org.encore.opensearch.dictionary;

import java.util.Map;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.DictionaryReport;

/** Lets every node look at its folders again: what came is available, what went is not, all files are checked. */
public final class ReloadAction extends NodesAction {
    public static final ActionType<Answer> TYPE = new ActionType<>("cluster:admin/encore/dictionary/reload", Answer::new);

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
