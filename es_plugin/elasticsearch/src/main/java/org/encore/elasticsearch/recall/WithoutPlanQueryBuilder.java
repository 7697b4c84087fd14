package org.encore.elasticsearch.recall;

import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.search.Query;
import org.elasticsearch.TransportVersion;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.index.query.AbstractQueryBuilder;
import org.elasticsearch.index.query.QueryBuilder;
import org.elasticsearch.index.query.QueryRewriteContext;
import org.elasticsearch.index.query.SearchExecutionContext;
import org.elasticsearch.plugins.SearchPlugin.QuerySpec;
import org.elasticsearch.search.internal.MaxClauseCountQueryVisitor;
import org.elasticsearch.xcontent.XContentBuilder;
import org.encore.plan.WithoutPlanQuery;

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
        boostAndQueryNameToXContent(builder);
        builder.endObject();
    }

    @Override
    protected QueryBuilder doRewrite(QueryRewriteContext context) throws IOException {
        QueryBuilder rewritten = found.rewrite(context);
        return rewritten == found ? this : new WithoutPlanQueryBuilder(rewritten, cause).boost(boost).queryName(queryName);
    }

    @Override
    protected Query doToQuery(SearchExecutionContext context, MaxClauseCountQueryVisitor visitor) throws IOException {
        return new WithoutPlanQuery(found.toQuery(context, visitor), cause);
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

    @Override
    public TransportVersion getMinimalSupportedVersion() {
        return TransportVersion.minimumCompatible();
    }
}
