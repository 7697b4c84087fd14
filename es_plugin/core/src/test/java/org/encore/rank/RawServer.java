package org.encore.rank;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server down to the socket, for answers that no proper server gives.
 *
 * <p>Reads whole requests and lets a test write whatever it likes, or hang up.
 */
final class RawServer implements AutoCloseable {
    /** Answers one request; what it throws closes the connection. */
    @FunctionalInterface
    interface Script {
        /**
         * Writes to the socket.
         *
         * @param body    the request's body
         * @param number  number of the request on its connection, from 1
         * @return whether the connection stays open for another request
         */
        boolean answer(Socket socket, byte[] body, int number) throws Exception;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    final List<String> heads = new CopyOnWriteArrayList<>();

    RawServer(Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("raw-server", this::accept);
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                start("raw-connection", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int number = 1; ; number++) {
                String head = head(in);
                if (head == null) {
                    return;
                }
                heads.add(head);
                byte[] body = in.readNBytes(length(head));
                requests.incrementAndGet();
                if (!script.answer(socket, body, number)) {
                    return;
                }
            }
        } catch (Exception e) {
            // The connection is over, which is all that a test may want of it.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase().startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
                .findFirst()
                .orElse(0);
    }

    static void write(Socket socket, String head, byte[] body) throws IOException {
        byte[] start = (head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        socket.getOutputStream().write(all);
        socket.getOutputStream().flush();
    }

    /** Answers 200 with a body of the right length. */
    static boolean ok(Socket socket, byte[] body) throws IOException {
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length, body);
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
