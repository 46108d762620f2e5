package dev.stoker.load;

import dev.stoker.http.Endpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of this process, on loopback, that gives every question for text the same prepared
 * stream at once, as long as it is asked for and at most 200 tokens: what the engine warms up on
 * and is rehearsed with. It knows enough of its dialect's other questions to be recognised. A
 * virtual thread a connection; closing it ends them.
 */
public final class PreparedAnswers implements AutoCloseable {
    private static final int CHUNKS = 200;
    private static final int CHUNKS_A_WRITE = 4;
    private static final Pattern LIMIT =
            Pattern.compile("\"(?:max_tokens|num_predict)\":([0-9]{1,9})");
    private static final int LONGEST_QUESTION = 1 << 18;

    private final ServerSocketChannel listener;
    private final Endpoint endpoint;
    private final boolean ollama;

    private PreparedAnswers(ServerSocketChannel listener, int port, boolean ollama) {
        this.listener = listener;
        this.endpoint = new Endpoint(false, "127.0.0.1", port, "");
        this.ollama = ollama;
    }

    /**
     * Opens it on a free port.
     *
     * @param ollama whether it calls itself Ollama; else it is an OpenAI-compatible server. Both
     *     forms of stream are given where they are asked for.
     * @throws IOException where loopback can not be used
     */
    public static PreparedAnswers open(boolean ollama) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        PreparedAnswers answers =
                new PreparedAnswers(listener, listener.socket().getLocalPort(), ollama);
        Thread.ofVirtual().start(answers::accept);
        return answers;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            ByteBuffer question = ByteBuffer.allocate(LONGEST_QUESTION);
            while (channel.read(question) > 0) {
                String text =
                        new String(
                                question.array(), 0, question.position(), StandardCharsets.UTF_8);
                if (text.startsWith("GET ") && text.endsWith("\r\n\r\n")) {
                    question.clear();
                    write(channel, fact(text.split(" ", 3)[1]));
                } else if (text.endsWith("}")) {
                    question.clear();
                    stream(channel, text.contains(" /api/"), wanted(text));
                }
            }
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    /** Answers a question that is not for text. */
    private String fact(String path) {
        String body =
                switch (path) {
                    case "/" -> ollama ? "Ollama is running" : "";
                    case "/api/version" -> ollama ? "{\"version\":\"0.33.0\"}" : "";
                    case "/api/ps", "/api/tags" -> ollama ? "{\"models\":[]}" : "";
                    case "/v1/models" ->
                            "{\"object\":\"list\",\"data\":[{\"id\":\"m\","
                                    + "\"object\":\"model\",\"owned_by\":\"vllm\"}]}";
                    default -> "";
                };
        return "HTTP/1.1 "
                + (body.isEmpty() ? "404 Not Found" : "200 OK")
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static int wanted(String question) {
        Matcher limit = LIMIT.matcher(question);
        return limit.find() ? Math.clamp(Long.parseLong(limit.group(1)) + 1, 2, CHUNKS) : CHUNKS;
    }

    private static void stream(SocketChannel channel, boolean lines, int chunks)
            throws IOException {
        StringBuilder piece =
                new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 1; i <= chunks; i++) {
            chunk(piece, lines ? line(i == chunks) : event(i == chunks));
            if (i == chunks) {
                piece.append("0\r\n\r\n");
            }
            if (i % CHUNKS_A_WRITE == 0 || i == chunks) {
                write(channel, piece.toString());
                piece.setLength(0);
            }
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private static void chunk(StringBuilder out, String text) {
        out.append(Integer.toHexString(text.length())).append("\r\n").append(text).append("\r\n");
    }

    private static String line(boolean last) {
        return last
                ? "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":9,"
                        + "\"eval_count\":200}\n"
                : "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\","
                        + "\"message\":{\"role\":\"assistant\",\"content\":\" word\"},"
                        + "\"done\":false}\n";
    }

    private static String event(boolean last) {
        String head =
                "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\","
                        + "\"created\":1760000000,\"model\":\"m\",\"choices\":[{\"index\":0,";
        return last
                ? head
                        + "\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":200,\"total_tokens\":209}}\n\n"
                        + "data: [DONE]\n\n"
                : head + "\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";
    }
}
