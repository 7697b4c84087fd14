package org.encore.opensearch.recall;

import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.search.Query;
import org.encore.plan.WithoutPlanQuery;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.plugins.SearchPlugin.QuerySpec;

/**
 * What a clause without a plan became, on its way to the shards: it tells them the cause, for the hits' marks. Made by
 * {@link EncoreQueryBuilder} alone; a request that has it is refused.
 */
final class WithoutPlanQueryBuilder extends AbstractQueryBuilder<WithoutPlanQueryBuilder> {
    static final String NAME = "encore_without_plan";

    private static final String FOUND = "found";
    private static final String CAUSE = "cause";

    private final QueryBuilder found;
    private final String cause;

    WithoutPlanQueryBuilder(QueryBuilder found, String cause) {
        this.found = Objects.requireNonNull(found);
        this.cause = Objects.requireNonNull(cause);
    }

    /** How another node's is read. */
    static QuerySpec<WithoutPlanQueryBuilder> spec() {
        return new QuerySpec<>(NAME, WithoutPlanQueryBuilder::new, parser -> {
            throw new IllegalArgumentException("[" + NAME + "] is made of [" + EncoreQueryBuilder.NAME + "], use that");
        });
    }

    WithoutPlanQueryBuilder(StreamInput in) throws IOException {
        super(in);
        found = in.readNamedWriteable(QueryBuilder.class);
        cause = in.readString();
    }

    @Override
    protected void doWriteTo(StreamOutput out) throws IOException {
        out.writeNamedWriteable(found);
        out.writeString(cause);
    }

    @Override
    protected void doXContent(XContentBuilder builder, Params params) throws IOException {
        builder.startObject(NAME).field(FOUND, found).field(CAUSE, cause);
        printBoostAndQueryName(builder);
        builder.endObject();
    }

    @Override
    protected QueryBuilder doRewrite(QueryRewriteContext context) throws IOException {
        QueryBuilder rewritten = found.rewrite(context);
        return rewritten == found ? this : new WithoutPlanQueryBuilder(rewritten, cause).boost(boost).queryName(queryName);
    }

    @Override
    protected Query doToQuery(QueryShardContext context) throws IOException {
        return new WithoutPlanQuery(found.toQuery(context), cause);
    }

    @Override
    protected boolean doEquals(WithoutPlanQueryBuilder other) {
        return found.equals(other.found) && cause.equals(other.cause);
    }

    @Override
    protected int doHashCode() {
        return Objects.hash(found, cause);
    }

    @Override
    public String getWriteableName() {
        return NAME;
    }
}
