package org.encore.opensearch.dictionary;

import java.io.IOException;
import org.opensearch.core.action.ActionListener;
import org.opensearch.action.ActionRequest;
import org.opensearch.action.ActionRequestValidationException;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.action.ActionType;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.HandledTransportAction;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.common.inject.Inject;
import org.opensearch.core.indices.breaker.CircuitBreakerService;
import org.opensearch.tasks.Task;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;
import org.encore.dictionary.DictionaryChunk;
import org.encore.dictionary.NodeDictionaries;

/** Gives another node a part of a dictionary's file. Nodes ask it of each other; no user may. */
public final class ChunkAction extends HandledTransportAction<ChunkAction.Request, ChunkAction.Answer> {
    static final String NAME = "internal:encore/dictionary/chunk";
    public static final ActionType<Answer> TYPE = new ActionType<>(NAME, Answer::new);

    private final NodeDictionaries dictionaries;

    @Inject
    public ChunkAction(
            TransportService transport,
            ActionFilters filters,
            CircuitBreakerService breakers,
            DictionaryService service) {
        super(NAME, transport, filters, Request::new, ThreadPool.Names.GENERIC);
        this.dictionaries = service.dictionaries();
        service.nodes().connect(transport);
        service.room().connect(breakers);
    }

    /** Which part. */
    static final class Request extends ActionRequest {
        private final String version;
        private final String file;
        private final long offset;

        Request(String version, String file, long offset) {
            this.version = version;
            this.file = file;
            this.offset = offset;
        }

        Request(StreamInput in) throws IOException {
            super(in);
            version = in.readString();
            file = in.readString();
            offset = in.readVLong();
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            super.writeTo(out);
            out.writeString(version);
            out.writeString(file);
            out.writeVLong(offset);
        }

        @Override
        public ActionRequestValidationException validate() {
            return null;
        }
    }

    /** The part. */
    static final class Answer extends ActionResponse {
        private final DictionaryChunk chunk;

        Answer(DictionaryChunk chunk) {
            this.chunk = chunk;
        }

        Answer(StreamInput in) throws IOException {
            chunk = new DictionaryChunk(in.readVLong(), in.readByteArray());
        }

        DictionaryChunk chunk() {
            return chunk;
        }

        @Override
        public void writeTo(StreamOutput out) throws IOException {
            out.writeVLong(chunk.size());
            out.writeByteArray(chunk.bytes());
        }
    }

    @Override
    protected void doExecute(Task task, Request request, ActionListener<Answer> listener) {
        ActionListener.completeWith(
                listener,
                () -> new Answer(dictionaries.chunk(
                        request.version, request.file, request.offset, DictionaryChunk.LENGTH)));
    }
}
