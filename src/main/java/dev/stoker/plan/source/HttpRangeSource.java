package dev.stoker.plan.source;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gguf.ByteSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file behind an address, of which only ranges are asked for: a header of 10 MiB comes in a few
 * questions, each twice as large as the one before. Every question is bounded in time and size.
 */
public final class HttpRangeSource implements ByteSource {
    private static final Clock CLOCK = Clock.system();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int FIRST = 512 << 10;
    private static final int MOST = 32 << 20;
    private static final Pattern RANGE =
            Pattern.compile("bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19})");

    private final URI address;
    private final HttpClient client;
    private final long size;
    private int next = FIRST;
    private ByteBuffer first;

    private HttpRangeSource(URI address, HttpClient client, long size, ByteBuffer first) {
        this.address = address;
        this.client = client;
        this.size = size;
        this.first = first;
    }

    /**
     * Asks for the beginning of a file, which tells whether the server gives ranges at all.
     *
     * @throws UserError where it can't be had, in a sentence
     */
    public static HttpRangeSource open(URI address) {
        HttpClient client =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
        try {
            Answer answer = ask(client, address, 0, FIRST);
            return new HttpRangeSource(address, client, answer.size, answer.bytes);
        } catch (IOException e) {
            client.shutdownNow();
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    Text.plain(address.toString(), 300)
                            + " can't be read: "
                            + Text.plain(String.valueOf(e.getMessage()), 300)
                            + ".",
                    "Check the address; the server must give ranges of a file.",
                    e);
        }
    }

    private record Answer(long size, ByteBuffer bytes) {}

    private static Answer ask(HttpClient client, URI address, long from, int count)
            throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(ANSWER)
                        .header("Range", "bytes=" + from + "-" + (from + count - 1))
                        .header("Accept-Encoding", "identity")
                        .build();
        long deadline = CLOCK.nanos() + ANSWER.toNanos();
        try {
            HttpResponse<InputStream> response =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() == 200) {
                    throw new IOException(
                            "the server ignores ranges and would send the whole file");
                }
                if (response.statusCode() != 206) {
                    throw new IOException(
                            "the server answers with status " + response.statusCode());
                }
                Optional<String> told = response.headers().firstValue("Content-Range");
                Matcher matcher = RANGE.matcher(told.orElse(""));
                if (!matcher.matches()) {
                    throw new IOException("the server does not say which range it sends");
                }
                long start = Long.parseLong(matcher.group(1));
                long end = Long.parseLong(matcher.group(2));
                long size = Long.parseLong(matcher.group(3));
                if (start != from || end < start || end - start >= count || end >= size) {
                    throw new IOException(
                            "the server sends bytes "
                                    + Text.plain(told.orElse(""), 80)
                                    + " where "
                                    + count
                                    + " from "
                                    + from
                                    + " were asked for");
                }
                byte[] bytes = read(in, (int) (end - start + 1), deadline);
                return new Answer(size, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
            }
        } catch (NumberFormatException e) {
            throw new IOException("the server tells a size beyond 63 bits", e);
        } catch (java.net.http.HttpTimeoutException e) {
            throw new IOException("no answer in " + ANSWER.toSeconds() + " s", e);
        } catch (java.net.ConnectException e) {
            throw new IOException("nobody answers there", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] read(InputStream in, int count, long deadline) throws IOException {
        byte[] bytes = new byte[count];
        int at = 0;
        while (at < count) {
            int n = in.read(bytes, at, count - at);
            if (n < 0) {
                throw new IOException("the server sends " + at + " bytes of " + count);
            }
            at += n;
            if (CLOCK.nanos() > deadline) {
                throw new IOException(
                        "the server is too slow: "
                                + at
                                + " bytes of "
                                + count
                                + " in "
                                + ANSWER.toSeconds()
                                + " s");
            }
        }
        return bytes;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteBuffer at(long position, int least) throws IOException {
        if (position == 0 && first.remaining() >= Math.min(least, size)) {
            return first.duplicate();
        }
        if (position >= size) {
            return ByteBuffer.allocate(0);
        }
        next = Math.min(MOST, next * 2);
        int count = (int) Math.min(size - position, Math.max(least, next));
        Answer answer = ask(client, address, position, count);
        if (answer.size != size) {
            throw new IOException(
                    "the server tells a size of " + answer.size + " after one of " + size);
        }
        return answer.bytes;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
