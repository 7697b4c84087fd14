package org.encore.rank;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Collects an answer's body and gives up as soon as it exceeds a limit, however long it goes on.
 */
final class LimitedBody implements BodySubscriber<byte[]> {
    /** An answer larger than the limit. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message, null, false, false);
        }
    }

    private static final int FIRST_BYTES = 8 * 1024;

    private final int limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private byte[] bytes;
    private int size;
    private Flow.Subscription subscription;

    private LimitedBody(int limit, long announced) {
        this.limit = limit;
        this.bytes = new byte[Math.clamp(announced, 0, limit)];
        if (announced > limit) {
            tooLarge(announced);
        }
    }

    /**
     * A handler for {@code HttpClient}.
     *
     * @param limit    most bytes of a body
     * @param onHeader told that the answer's head has come
     */
    static HttpResponse.BodyHandler<byte[]> handler(int limit, Consumer<HttpResponse.ResponseInfo> onHeader) {
        return info -> {
            onHeader.accept(info);
            return new LimitedBody(limit, info.headers().firstValueAsLong("content-length").orElse(FIRST_BYTES));
        };
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
        subscription = s;
        if (body.isDone()) {
            s.cancel();
        } else {
            s.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (body.isDone()) {
                return;
            }
            append(buffer);
        }
    }

    private void append(ByteBuffer buffer) {
        int more = buffer.remaining();
        if (more > limit - size) {
            tooLarge((long) size + more);
            subscription.cancel();
            return;
        }
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(2L * bytes.length, size + more)));
        }
        buffer.get(bytes, size, more);
        size += more;
    }

    private void tooLarge(long seen) {
        body.completeExceptionally(
                new TooLargeException("an answer of [" + seen + "] bytes or more exceeds the limit of [" + limit + "]"));
    }

    @Override
    public void onError(Throwable why) {
        body.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
        body.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
    }
}
