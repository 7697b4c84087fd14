package org.encore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A {@link Link} in the shape that the JDK's TLS stands on. */
final class LinkSocket extends Socket {
    private final Link link;
    private final InputStream in = new InputStream() {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : link.read(bytes, offset, length);
        }
    };
    private final OutputStream out = new OutputStream() {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            link.write(bytes, offset, length);
        }
    };

    LinkSocket(Link link) throws SocketException {
        super((java.net.SocketImpl) null);
        this.link = link;
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !link.channel().isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return isClosed();
    }

    @Override
    public boolean isOutputShutdown() {
        return isClosed();
    }

    @Override
    public void shutdownInput() throws IOException {
        link.channel().shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        link.channel().shutdownOutput();
    }

    @Override
    public InetAddress getInetAddress() {
        return link.channel().socket().getInetAddress();
    }

    @Override
    public int getPort() {
        return link.channel().socket().getPort();
    }

    @Override
    public InetAddress getLocalAddress() {
        return link.channel().socket().getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return link.channel().socket().getLocalPort();
    }

    /** Waits end with the link's patience. */
    @Override
    public void setSoTimeout(int millis) {}

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public int getSoLinger() {
        return -1;
    }

    @Override
    public void close() {
        link.close();
    }
}
