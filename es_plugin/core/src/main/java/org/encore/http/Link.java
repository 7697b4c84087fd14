package org.encore.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A TCP connection whose every wait, for connecting, reading and writing, ends with the caller's {@link Patience}.
 *
 * <p>A plain socket's write has no timeout: a peer that reads nothing would hold the thread. So the channel does not
 * block, and the thread sleeps in a selector of its own, which costs the same system calls as a socket's timed read.
 *
 * <p>Used by one thread at a time.
 */
final class Link implements AutoCloseable {
    /** How often a waiting thread looks whether its call still matters. */
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Why a wait ended early; passes through the JDK's TLS unchanged, as other exceptions do not. */
    static final class StoppedException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;

        private final transient RuntimeException byCheck;
        private final boolean interrupted;

        private StoppedException(RuntimeException byCheck, boolean interrupted) {
            super(interrupted ? "interrupted" : byCheck == null ? "the time is over" : "stopped by a check");
            this.byCheck = byCheck;
            this.interrupted = interrupted;
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }

        /** The failure to throw; throws on what a check threw. */
        HttpFailure failure() {
            if (byCheck != null) {
                throw byCheck;
            }
            return interrupted ? new HttpFailure.Interrupted() : new HttpFailure.TimeUp();
        }
    }

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private Patience patience;

    private Link(SocketChannel channel, Selector selector, SelectionKey key, Patience patience) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
        this.patience = patience;
    }

    /**
     * Connects.
     *
     * @throws IOException nobody listens there, or no patience was left
     */
    static Link connect(SocketAddress address, Patience patience) throws IOException {
        SocketChannel channel = SocketChannel.open();
        Selector selector = null;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            selector = Selector.open();
            Link link = new Link(channel, selector, channel.register(selector, 0), patience);
            boolean connected = channel.connect(address);
            while (!connected) {
                link.await(SelectionKey.OP_CONNECT);
                connected = channel.finishConnect();
            }
            return link;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
    }

    /** From now on waits have that patience. */
    void patience(Patience next) {
        patience = next;
    }

    /** Whether an idle connection is still one: whatever comes unasked, an end most of all, makes it useless. */
    boolean isQuiet() {
        try {
            interest(SelectionKey.OP_READ);
            return channel.isOpen() && selector.selectNow(ready -> {}) == 0;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** Reads what has come, at least one byte, waiting for it; −1 at the end. */
    int read(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(bytes, offset, length);
        while (true) {
            await(SelectionKey.OP_READ);
            int count = channel.read(target);
            if (count != 0) {
                return count;
            }
        }
    }

    /** Writes all of it. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
        channel.write(source);
        while (source.hasRemaining()) {
            await(SelectionKey.OP_WRITE);
            channel.write(source);
        }
    }

    private void await(int operation) throws IOException {
        interest(operation);
        while (true) {
            long left = patience.leftNanos();
            if (left <= 0) {
                throw new StoppedException(null, false);
            }
            if (selector.select(ready -> {}, millis(Math.min(left, CHECK_NANOS))) > 0) {
                return;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new StoppedException(null, true);
            }
            if (!channel.isOpen()) {
                throw new EOFException("closed");
            }
            try {
                patience.check();
            } catch (RuntimeException e) {
                throw new StoppedException(e, false);
            }
        }
    }

    /** Rounded up: waking before the time is over would mean waking again. */
    private static long millis(long nanos) {
        return Math.max(1, (nanos + 999_999) / 1_000_000);
    }

    private void interest(int operation) {
        if (key.interestOps() != operation) {
            key.interestOps(operation);
        }
    }

    SocketChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        try (selector;
                channel) {
            return; // Closing is the work.
        } catch (IOException e) {
            // It is over either way.
        }
    }
}
