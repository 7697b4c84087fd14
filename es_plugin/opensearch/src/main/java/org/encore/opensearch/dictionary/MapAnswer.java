package org.encore.opensearch.dictionary;

import java.io.IOException;
import java.util.Map;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.ToXContentObject;
import org.opensearch.core.xcontent.XContentBuilder;

/** An answer of JSON values, with the HTTP status that it deserves. */
public final class MapAnswer extends ActionResponse implements ToXContentObject {
    private final RestStatus status;
    private final Map<String, Object> values;

    MapAnswer(RestStatus status, Map<String, Object> values) {
        this.status = status;
        this.values = values;
    }

    MapAnswer(StreamInput in) throws IOException {
        status = RestStatus.readFrom(in);
        values = in.readMap();
    }

    RestStatus status() {
        return status;
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        RestStatus.writeTo(out, status);
        out.writeMap(values);
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder answer, Params params) throws IOException {
        return answer.map(values);
    }
}
