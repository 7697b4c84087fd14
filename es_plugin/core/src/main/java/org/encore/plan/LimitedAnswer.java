package org.encore.plan;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects an answer's body, and gives up as soon as it exceeds a limit, however long it goes on. */
final class LimitedAnswer implements BodySubscriber<byte[]> {
    /** An answer larger than the limit. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException(int limit) {
            super("an answer exceeds the limit of [" + limit + "] bytes", null, false, false);
        }
    }

    private final int limit;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * 1024);
    private Flow.Subscription subscription;

    private LimitedAnswer(int limit) {
        this.limit = limit;
    }

    /** A handler that also tells that the answer's head has come. */
    static HttpResponse.BodyHandler<byte[]> handler(int limit, Runnable onHead) {
        return head -> {
            onHead.run();
            return new LimitedAnswer(limit);
        };
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        subscription = subscribed;
        subscribed.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (body.isDone()) {
                return;
            }
            byte[] more = new byte[buffer.remaining()];
            if (more.length > limit - bytes.size()) {
                body.completeExceptionally(new TooLargeException(limit));
                subscription.cancel();
                return;
            }
            buffer.get(more);
            bytes.writeBytes(more);
        }
    }

    @Override
    public void onError(Throwable why) {
        body.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
        body.complete(bytes.toByteArray());
    }
}
