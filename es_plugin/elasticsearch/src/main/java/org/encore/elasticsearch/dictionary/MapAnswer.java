package org.encore.elasticsearch.dictionary;

import java.io.IOException;
import java.util.Map;
import org.elasticsearch.action.ActionResponse;
import org.elasticsearch.common.io.stream.StreamInput;
import org.elasticsearch.common.io.stream.StreamOutput;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.ToXContentObject;
import org.elasticsearch.xcontent.XContentBuilder;

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
        values = in.readGenericMap();
    }

    RestStatus status() {
        return status;
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
        RestStatus.writeTo(out, status);
        out.writeGenericMap(values);
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder answer, Params params) throws IOException {
        return answer.map(values);
    }
}
