package dev.stoker.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A daemon on a Unix socket that knows a few answers, and keeps silent where it knows none. */
final class FakeDocker implements AutoCloseable {
    private final ServerSocketChannel listening;
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> silent = new CopyOnWriteArrayList<>();

    FakeDocker(Path socket) throws IOException {
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    /** Answers a request line; the body goes in two chunks, as the real daemon sends long ones. */
    void answer(String request, int status, String body) {
        StringBuilder out =
                new StringBuilder("HTTP/1.1 " + status + " Told\r\nApi-Version: 1.47\r\n");
        if (status == 204) {
            out.append("\r\n");
        } else {
            int half = body.length() / 2;
            out.append("Transfer-Encoding: chunked\r\n\r\n");
            for (String part : List.of(body.substring(0, half), body.substring(half))) {
                out.append(Integer.toHexString(part.length()))
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
            }
            out.append("0\r\n\r\n");
        }
        answers.put(request, out.toString().getBytes(StandardCharsets.UTF_8));
    }

    List<String> asked() {
        return asked;
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                Scanner lines =
                        new Scanner(Channels.newInputStream(client), StandardCharsets.UTF_8);
                String request = lines.nextLine().replace(" HTTP/1.1", "");
                asked.add(request);
                byte[] answer = answers.get(request);
                if (answer == null) {
                    silent.add(client);
                } else {
                    client.write(ByteBuffer.wrap(answer));
                    client.close();
                }
            }
        } catch (IOException e) {
            // The test has closed it.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (SocketChannel client : silent) {
            client.close();
        }
    }
}
