package org.encore.opensearch.recall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.lucene.search.Query;
import org.encore.json.JsonReader;
import org.encore.json.JsonWriter;
import org.encore.opensearch.request.XContentReader;
import org.encore.plan.PlanAnswer;
import org.encore.plan.Recall;
import org.encore.plan.RecallParser;
import org.encore.plan.RecallRequest;
import org.encore.plan.Route;
import org.encore.plan.SearchPlans;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryBuilders;
import org.opensearch.index.query.QueryCoordinatorContext;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.index.query.QueryShardException;
import org.opensearch.plugins.SearchPlugin.QuerySpec;

/**
 * The query {@code encore} of the search API: all of the recall in one clause.
 *
 * <pre>
 * {"encore": {"text": "周杰伦 晴天", "user": "u42", "context": {"device": "phone"}, "routes": ["text", "entity", "vector"], "filter": […]}}
 * </pre>
 *
 * <p>Only {@code text} is required. A clause goes through three states: asked; waiting for its plan, while the coordinating
 * node rewrites the search and no thread waits; and replaced by ordinary queries. The filters stand around all routes, and
 * are the nearest neighbours' filter too. A shard never sees a clause: where the coordinating node did not rewrite one (in
 * a percolator, an alias's filter) it is refused. Immutable.
 */
public final class EncoreQueryBuilder extends AbstractQueryBuilder<EncoreQueryBuilder> {
    /** The query's name in requests and on the wire. */
    public static final String NAME = RecallParser.NAME;

    /** Grows when the fields on the wire change; nodes of one cluster may briefly run two versions of the plugin. */
    private static final int WIRE_VERSION = 1;

    private final RecallRequest request;
    private final List<QueryBuilder> filters;
    private final Supplier<RecallService> service;
    private final Waiting waiting;

    /** A clause whose plan was asked for. */
    private record Waiting(CompletableFuture<PlanAnswer> plan, SearchPlans search) {}

    EncoreQueryBuilder(RecallRequest request, List<QueryBuilder> filters, Supplier<RecallService> service) {
        this(request, filters, service, null);
    }

    private EncoreQueryBuilder(
            RecallRequest request, List<QueryBuilder> filters, Supplier<RecallService> service, Waiting waiting) {
        this.request = Objects.requireNonNull(request);
        this.filters = List.copyOf(filters);
        this.service = service;
        this.waiting = waiting;
    }

    /** How the engine reads it, and what it may become, from requests and from other nodes. */
    public static List<QuerySpec<?>> specs(Supplier<RecallService> service) {
        return List.of(
                new QuerySpec<>(NAME, in -> new EncoreQueryBuilder(in, service), parser -> fromXContent(parser, service)),
                WithoutPlanQueryBuilder.spec());
    }

    /** Reads what {@link #doWriteTo} wrote. */
    @SuppressWarnings("unchecked") // The other node's doWriteTo wrote an object.
    EncoreQueryBuilder(StreamInput in, Supplier<RecallService> service) throws IOException {
        super(in);
        int version = in.readVInt();
        if (version != WIRE_VERSION) {
            throw new IllegalArgumentException("[" + NAME + "] came from a node with another version of the plugin: wire version ["
                    + version + "], this node reads [" + WIRE_VERSION + "]");
        }
        String text = in.readString();
        String user = in.readOptionalString();
        Map<String, Object> context = (Map<String, Object>) JsonReader.parse(in.readString());
        Set<Route> routes = Route.named(in.readStringList());
        this.request = new RecallRequest(text, user, context, routes);
        this.filters = List.copyOf(in.readNamedWriteableList(QueryBuilder.class));
        this.service = service;
        this.waiting = null;
    }

    /** What it asks for, its filters apart. */
    public RecallRequest request() {
        return request;
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        if (waiting != null) {
            throw new IllegalStateException("[" + NAME + "] can't be sent while it waits for its plan, missing a rewriteAndFetch?");
        }
        out.writeVInt(WIRE_VERSION);
        out.writeString(request.text());
        out.writeOptionalString(request.user());
        out.writeString(JsonWriter.write(request.context()));
        out.writeStringCollection(request.routeNames());
        out.writeNamedWriteableList(filters);
    }

    private static EncoreQueryBuilder fromXContent(XContentParser parser, Supplier<RecallService> service)
            throws IOException {
        List<QueryBuilder> filters = new ArrayList<>();
        RecallParser.Engine engine = new RecallParser.Engine() {
            @Override
            public List<Object> list() throws IOException {
                return parser.list();
            }

            @Override
            public boolean nextItem() throws IOException {
                return parser.nextToken() != XContentParser.Token.END_ARRAY;
            }

            @Override
            public void query() throws IOException {
                filters.add(parseInnerQueryBuilder(parser));
            }
        };
        RecallParser.Parsed parsed = XContentReader.parse(NAME, parser, reader -> RecallParser.parse(reader, engine));
        return new EncoreQueryBuilder(parsed.request(), filters, service).boost(parsed.boost()).queryName(parsed.name());
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) throws IOException {
        builder.startObject(NAME);
        builder.field(RecallParser.TEXT, request.text());
        if (request.user() != null) {
            builder.field(RecallParser.USER, request.user());
        }
        if (!request.context().isEmpty()) {
            builder.field(RecallParser.CONTEXT, request.context());
        }
        if (!request.routes().equals(EnumSet.allOf(Route.class))) {
            builder.field(RecallParser.ROUTES, request.routeNames());
        }
        if (!filters.isEmpty()) {
            builder.startArray(RecallParser.FILTER);
            for (QueryBuilder filter : filters) {
                filter.toXContent(builder, params);
            }
            builder.endArray();
        }
        printBoostAndQueryName(builder);
        builder.endObject();
    }

    @Override
    protected QueryBuilder doRewrite(QueryRewriteContext context) throws IOException {
        if (waiting != null) {
            return waiting.plan.isDone() ? queries(waiting.plan.join(), waiting.search, context) : this;
        }
        QueryCoordinatorContext coordinator = context.convertToCoordinatorContext();
        if (coordinator == null) {
            throw new IllegalArgumentException(RecallParser.UNPLANNED);
        }
        RecallService node = service.get();
        if (RunningSearch.isWrite(node.threadContext())) {
            throw new IllegalArgumentException(RecallParser.UNSTEADY);
        }
        SearchPlans search = node.running();
        CompletableFuture<PlanAnswer> plan =
                node.planner().plan(request, node.target(coordinator.getSearchRequest()), search);
        if (plan.isDone() && !plan.isCompletedExceptionally()) {
            return queries(plan.join(), search, context);
        }
        context.registerAsyncAction((client, listener) -> node.whenDone(plan, listener));
        return new EncoreQueryBuilder(request, filters, service, new Waiting(plan, search)).boost(boost).queryName(queryName);
    }

    private QueryBuilder queries(PlanAnswer answer, SearchPlans search, QueryRewriteContext context) throws IOException {
        QueryBuilder whole = RecallQueries.of(
                Recall.of(request, answer.plan()), filters, search.takeNames(), context.getXContentRegistry());
        if (answer.cause() != null) {
            return new WithoutPlanQueryBuilder(whole, answer.cause().wireName());
        }
        // The whole has its own name; the request's stands around it.
        return queryName == null || whole.queryName() == null ? whole : QueryBuilders.boolQuery().must(whole);
    }

    @Override
    protected Query doToQuery(QueryShardContext context) {
        throw new QueryShardException(context, RecallParser.UNPLANNED);
    }

    @Override
    protected boolean doEquals(EncoreQueryBuilder other) {
        return request.equals(other.request) && filters.equals(other.filters) && Objects.equals(waiting, other.waiting);
    }

    @Override
    protected int doHashCode() {
        return Objects.hash(request, filters, waiting);
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }
}
