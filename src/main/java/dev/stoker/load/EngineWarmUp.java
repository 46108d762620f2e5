package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.http.Carrier;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeLoop;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.StreamCall;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Runs the engine against itself for a moment before the first measured request: a loop, a decoder
 * of the server's dialect and a recorder, on prepared answers over loopback. What the virtual
 * machine compiles meanwhile is then not compiled in the middle of a measurement. The server under
 * test sees nothing of it.
 */
final class EngineWarmUp {
    private static final long LONGEST_NANOS = 200_000_000;
    private static final int STREAMS = 8;
    private static final int CHUNKS = 200;
    private static final int CHUNKS_A_WRITE = 4;

    private final InferenceServer server;
    private final Clock clock = Clock.system();
    private int open;
    private boolean failed;

    EngineWarmUp(InferenceServer server) {
        this.server = server;
    }

    /** Warms up for at most a fifth of a second; does nothing where loopback can not be used. */
    void run() {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketAddress address = listener.getLocalAddress();
            if (!(address instanceof InetSocketAddress at)) {
                return;
            }
            Thread.ofVirtual().start(() -> accept(listener));
            Endpoint endpoint = new Endpoint(false, "127.0.0.1", at.getPort(), "");
            long until = clock.nanos() + LONGEST_NANOS;
            try (ExchangeLoop loop = new ExchangeLoop(endpoint, clock)) {
                loop.run(now -> turn(loop, now, until));
            }
        } catch (IOException e) {
            // It was only a warm-up.
        }
    }

    private long turn(Carrier loop, long now, long until) {
        if (now >= until || failed) {
            return Carrier.STOP;
        }
        while (open < STREAMS) {
            GenerationRequest request = GenerationRequest.chat("warm-up", "Warm up.");
            TraceRecorder recorder = new TraceRecorder(clock, now, false);
            StreamCall call = server.prepare(request, recorder);
            open++;
            // Without the headers: one of them may hold a key.
            HttpRequest bare =
                    HttpRequest.post(
                            call.request().path(),
                            new String(call.request().body(), StandardCharsets.UTF_8));
            loop.start(
                    bare,
                    Timeouts.stream(Duration.ofSeconds(1)),
                    recorder,
                    call.decoder(),
                    (end, nanos) -> {
                        open--;
                        call.decoder().end(end, nanos);
                        failed |= recorder.failure().isPresent();
                    });
        }
        return until;
    }

    private static void accept(ServerSocketChannel listener) {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // The warm-up is over.
        }
    }

    private static void serve(SocketChannel channel) {
        try (channel) {
            ByteBuffer question = ByteBuffer.allocate(1 << 16);
            while (channel.read(question) > 0) {
                String text =
                        new String(
                                question.array(), 0, question.position(), StandardCharsets.UTF_8);
                if (!text.endsWith("}")) {
                    continue;
                }
                question.clear();
                answer(channel.socket(), text.contains(" /api/"));
            }
        } catch (IOException e) {
            // The warm-up is over.
        }
    }

    private static void answer(Socket socket, boolean lines) throws IOException {
        StringBuilder piece =
                new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 1; i <= CHUNKS; i++) {
            chunk(piece, lines ? line(i == CHUNKS) : event(i == CHUNKS));
            if (i == CHUNKS) {
                piece.append("0\r\n\r\n");
            }
            if (i % CHUNKS_A_WRITE == 0 || i == CHUNKS) {
                SocketChannel channel = socket.getChannel();
                ByteBuffer out = ByteBuffer.wrap(piece.toString().getBytes(StandardCharsets.UTF_8));
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                piece.setLength(0);
            }
        }
    }

    private static void chunk(StringBuilder out, String text) {
        out.append(Integer.toHexString(text.length())).append("\r\n").append(text).append("\r\n");
    }

    private static String line(boolean last) {
        return last
                ? "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"done\":true,\"done_reason\":\"stop\",\"eval_count\":200}\n"
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
