package dev.stoker.server;

import dev.stoker.http.Endpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A server on loopback that answers each question with prepared bytes, one connection a question:
 * captured answers, or none that any real server would give. What it was asked can be read
 * afterwards. Each connection has its own thread; closing it ends them all.
 */
public final class LoopbackServer implements AutoCloseable {
    /** Answers one question on an open connection. */
    @FunctionalInterface
    public interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /** Keeps the connection open and says nothing (more). */
    public static final Answer SILENCE = _ -> new CountDownLatch(1).await();

    /**
     * @param body the bytes after the head, as text
     */
    public record Question(String method, String target, String head, String body) {}

    private final ServerSocket listener;
    private final Socket port = new Socket();
    private final Map<String, List<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public LoopbackServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.add(Thread.startVirtualThread(this::accept));
    }

    public Endpoint endpoint() {
        return new Endpoint(false, "127.0.0.1", listener.getLocalPort(), "");
    }

    /** Answers a method and path; of several answers the last one repeats. */
    public LoopbackServer on(String methodAndPath, Answer... inOrder) {
        answers.put(methodAndPath, new CopyOnWriteArrayList<>(inOrder));
        return this;
    }

    /** Answers the questions of these captures as captured. */
    public LoopbackServer captured(String... names) {
        for (String name : names) {
            Fixture fixture = Fixture.read(name);
            byte[] wire = fixture.wire();
            boolean hangs = fixture.how().equals("client-closed");
            on(
                    fixture.method() + " " + fixture.path(),
                    hangs ? bytes(wire).then(SILENCE) : bytes(wire));
        }
        return this;
    }

    /** An answer of so many bytes, after which the connection ends. */
    public static Sequence bytes(byte[] wire) {
        return new Sequence(out -> out.write(wire));
    }

    public static Sequence text(String wire) {
        return bytes(wire.getBytes(StandardCharsets.UTF_8));
    }

    /** A whole answer with a JSON body. */
    public static Sequence json(int status, String body) {
        return json(status, body, "");
    }

    /**
     * @param moreHeaders lines with their ends
     */
    public static Sequence json(int status, String body, String moreHeaders) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return text(
                "HTTP/1.1 "
                        + status
                        + " Said\r\nContent-Type: application/json\r\nContent-Length: "
                        + length
                        + "\r\n"
                        + moreHeaders
                        + "\r\n"
                        + body);
    }

    /** An answer to which another can be appended. */
    public record Sequence(Answer first) implements Answer {
        public Sequence then(Answer next) {
            return new Sequence(out -> {
                first.write(out);
                out.flush();
                next.write(out);
            });
        }

        @Override
        public void write(OutputStream out) throws IOException, InterruptedException {
            first.write(out);
        }
    }

    public List<Question> questions() {
        return questions;
    }

    public List<String> asked() {
        return questions.stream().map(q -> q.method() + " " + q.target()).toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                threads.add(Thread.startVirtualThread(() -> serve(socket)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Question question = read(new BufferedInputStream(socket.getInputStream()));
            questions.add(question);
            String path = question.target().replaceFirst("\\?.*", "");
            answer(question.method() + " " + path).write(socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException | InterruptedException e) {
            // The client left, or the test is over.
        }
    }

    private Answer answer(String key) {
        List<Answer> prepared = answers.get(key);
        if (prepared == null) {
            return json(404, "{\"error\":\"nothing is here\"}");
        }
        synchronized (prepared) {
            return prepared.size() > 1 ? prepared.removeFirst() : prepared.getFirst();
        }
    }

    private static Question read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the client left");
            }
            head.append((char) b);
        }
        String[] words = head.toString().split(" ", 3);
        int length = 0;
        for (String line : head.toString().split("\r\n")) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        return new Question(
                words[0],
                words[1],
                head.toString(),
                new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /**
     * Ends as a server that is stopped: connections are refused from now on. The port stays bound
     * until {@link #close}, so that no other test can get it meanwhile.
     */
    public void goAway() {
        stop();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (!port.isBound()) {
            try {
                port.setReuseAddress(true);
                port.bind(listener.getLocalSocketAddress());
            } catch (IOException e) {
                // The system lets go of a listener as soon as who waits in it has left.
                if (System.nanoTime() > deadline) {
                    throw new UncheckedIOException(e);
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        stop();
        try {
            port.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void stop() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            // It is closed.
        }
        threads.forEach(Thread::interrupt);
    }
}
