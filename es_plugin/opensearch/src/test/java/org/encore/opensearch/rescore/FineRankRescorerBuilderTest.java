package org.encore.opensearch.rescore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.encore.opensearch.EncorePlugin;
import org.encore.rescore.FineRankExecution;
import org.encore.rescore.FineRankRequest;
import org.junit.jupiter.api.Test;
import org.opensearch.common.io.stream.BytesStreamOutput;
import org.opensearch.common.xcontent.cbor.CborXContent;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.ParseField;
import org.opensearch.core.common.ParsingException;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.bytes.BytesReference;
import org.opensearch.core.common.io.stream.NamedWriteableAwareStreamInput;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.xcontent.DeprecationHandler;
import org.opensearch.core.xcontent.MediaTypeRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.query.BaseQueryRewriteContext;
import org.opensearch.index.query.QueryRewriteContext;
import org.opensearch.search.rescore.RescorerBuilder;

class FineRankRescorerBuilderTest {
    private static final String FULL =
            """
            {"window_size": 500, "fine_rank": {"query": "周杰伦 晴天", "user": "u42", "context": {"device": "phone", "n": 1,
              "x": 1.5, "list": [true, null, "歌"]}, "config": "calm", "request_id": "r-1", "now": 1760000000000}}
            """;

    private static NamedXContentRegistry registry() {
        return new NamedXContentRegistry(new EncorePlugin().getRescorers().stream()
                .map(spec -> new NamedXContentRegistry.Entry(
                        RescorerBuilder.class,
                        new ParseField(spec.getName().getPreferredName()),
                        (parser, context) -> spec.getParser().apply(parser)))
                .toList());
    }

    private static FineRankRescorerBuilder parse(XContentParser parser) throws IOException {
        parser.nextToken();
        return (FineRankRescorerBuilder) RescorerBuilder.parseFromXContent(parser);
    }

    private static FineRankRescorerBuilder parse(String json) throws IOException {
        try (XContentParser parser = JsonXContent.jsonXContent.createParser(
                registry(), DeprecationHandler.THROW_UNSUPPORTED_OPERATION, json)) {
            return parse(parser);
        }
    }

    private static FineRankRescorerBuilder plain() throws IOException {
        return parse("{\"fine_rank\": {\"query\": \"晴天\"}}");
    }

    private static RescorerBuilder<?> overTheWire(FineRankRescorerBuilder builder) throws IOException {
        NamedWriteableRegistry registry = new NamedWriteableRegistry(new EncorePlugin().getRescorers().stream()
                .map(spec -> new NamedWriteableRegistry.Entry(
                        RescorerBuilder.class, spec.getName().getPreferredName(), spec.getReader()))
                .toList());
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeNamedWriteable(builder);
            try (StreamInput in = new NamedWriteableAwareStreamInput(out.bytes().streamInput(), registry)) {
                RescorerBuilder<?> read = in.readNamedWriteable(RescorerBuilder.class);
                assertEquals(-1, in.read(), "everything is read");
                return read;
            }
        }
    }

    private static QueryRewriteContext at(long now) {
        return new BaseQueryRewriteContext(null, null, null, () -> now);
    }

    @Test
    void readsEveryField() throws IOException {
        FineRankRescorerBuilder builder = parse(FULL);
        assertEquals(500, builder.windowSize());
        FineRankRequest request = builder.request();
        assertEquals("周杰伦 晴天", request.query());
        assertEquals("u42", request.user());
        assertEquals(
                Map.of("device", "phone", "n", 1L, "x", 1.5, "list", Arrays.asList(true, null, "歌")), request.context());
        assertEquals("calm", request.config());
        assertEquals("r-1", request.requestId());
        assertEquals(1_760_000_000_000L, request.now());
        assertEquals(FineRankExecution.UNSET, builder.execution());
    }

    @Test
    void needsTheQueryOnly() throws IOException {
        FineRankRequest request = plain().request();
        assertNull(request.user());
        assertEquals(Map.of(), request.context());
        assertNull(request.requestId());
        assertNull(request.now());
        assertNull(plain().windowSize());
    }

    @Test
    void saysWhereTheRequestIsWrong() {
        ParsingException e = assertThrows(
                ParsingException.class, () -> parse("{\"fine_rank\":\n {\"query\": \"a\",\n  \"users\": \"u\"}}"));
        assertEquals(
                "[fine_rank] does not know [users]: it takes [query, user, context, config, request_id, now]", e.getMessage());
        assertEquals(3, e.getLineNumber());
    }

    @Test
    void writesWhatItReads() throws IOException {
        assertEquals(parse(FULL), parse(Strings.toString(MediaTypeRegistry.JSON, parse(FULL))));
        assertEquals(plain(), parse(Strings.toString(MediaTypeRegistry.JSON, plain())));
        FineRankRescorerBuilder filled = plain().with(plain().request().identified(7), FineRankExecution.of(100, true));
        assertEquals(filled.request(), parse(Strings.toString(MediaTypeRegistry.JSON, filled)).request(), "what is filled in shows");
        assertEquals(FineRankExecution.UNSET, parse(Strings.toString(MediaTypeRegistry.JSON, filled)).execution(), "what is internal doesn't");
    }

    @Test
    void otherFormatsGiveTheSame() throws IOException {
        FineRankRescorerBuilder builder = parse(FULL);
        byte[] cbor = BytesReference.toBytes(
                BytesReference.bytes(builder.toXContent(CborXContent.contentBuilder(), null)));
        try (XContentParser parser = CborXContent.cborXContent.createParser(
                registry(), DeprecationHandler.THROW_UNSUPPORTED_OPERATION, cbor)) {
            assertEquals(builder, parse(parser));
        }
    }

    @Test
    void travelsBetweenNodes() throws IOException {
        for (FineRankRescorerBuilder builder : List.of(
                parse(FULL), plain(), plain().with(plain().request().identified(3), FineRankExecution.of(250, true)))) {
            RescorerBuilder<?> read = overTheWire(builder);
            assertEquals(builder, read);
            assertEquals(builder.hashCode(), read.hashCode());
            assertEquals(builder.windowSize(), read.windowSize());
        }
    }

    @Test
    void refusesAnotherVersionOfThePlugin() throws IOException {
        try (BytesStreamOutput out = new BytesStreamOutput()) {
            out.writeOptionalVInt(10);
            out.writeVInt(2);
            Exception e = assertThrows(
                    IllegalArgumentException.class, () -> new FineRankRescorerBuilder(out.bytes().streamInput(), () -> null));
            assertEquals(
                    "[fine_rank] came from a node with another version of the plugin: wire version [2], this node reads [1]",
                    e.getMessage());
        }
    }

    @Test
    void differsInEveryField() throws IOException {
        FineRankRescorerBuilder builder = parse(FULL);
        for (String other : List.of(
                FULL.replace("500", "501"),
                FULL.replace("晴天", "阴天"),
                FULL.replace("u42", "u43"),
                FULL.replace("phone", "tv"),
                FULL.replace("calm", "wild"),
                FULL.replace("r-1", "r-2"),
                FULL.replace("1760000000000", "1760000000001"))) {
            assertNotEquals(builder, parse(other), other);
        }
        assertNotEquals(builder, builder.with(builder.request(), FineRankExecution.of(-1, false)));
        FineRankExecution execution = FineRankExecution.of(1, false);
        assertNotEquals(
                builder.with(builder.request(), execution),
                builder.with(builder.request(), new FineRankExecution(execution.token(), 1, true)));
    }

    @Test
    void rewritingFillsInOnceWhatTheFilterDidNot() throws IOException {
        FineRankRescorerBuilder rewritten =
                (FineRankRescorerBuilder) plain().windowSize(20).rewrite(at(1_234));
        assertEquals(20, rewritten.windowSize());
        assertEquals(1_234L, rewritten.request().now());
        assertTrue(rewritten.request().requestId().matches("[A-Za-z0-9_-]{16,}"), rewritten.request().requestId());
        assertNotNull(rewritten.execution().token());
        assertSame(rewritten, rewritten.rewrite(at(9_999)), "this, once all is set: so rewriting ends");
    }

    @Test
    void rewritingKeepsWhatIsThere() throws IOException {
        FineRankRescorerBuilder rewritten = (FineRankRescorerBuilder) parse(FULL).rewrite(at(1));
        assertEquals(parse(FULL).request(), rewritten.request());
        FineRankRescorerBuilder filled = plain().with(plain().request().identified(7), FineRankExecution.of(100, true));
        assertSame(filled, filled.rewrite(at(1)));
    }
}
