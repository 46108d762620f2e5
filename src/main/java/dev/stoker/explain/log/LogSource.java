package dev.stoker.explain.log;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * Where a log is. Each read goes from its beginning to its end as it is then; the memory taken does
 * not depend on its length.
 */
public sealed interface LogSource {
    /** Returns where it is, in words. */
    String title();

    /**
     * Reads it all.
     *
     * @param events take what its lines say
     * @throws UserError if it can not be read
     */
    LogFacts read(LogEvents events);

    /** Returns the source of a file, plain or compressed by gzip, or of standard input. */
    static LogSource file(Path path) {
        return new FileLog(path, 0);
    }

    /** Returns the source of what a file holds after its first bytes. */
    static LogSource fileFrom(Path path, long position) {
        return new FileLog(path, position);
    }

    /** Returns the source of what a command prints. */
    static LogSource command(String title, List<String> line) {
        return new CommandLog(title, line);
    }

    /** Returns the source of a stream, which is read once and closed. */
    static LogSource stream(String title, InputStream in) {
        return new StreamLog(title, in);
    }

    /** A file, which may be rotated while it is read. */
    record FileLog(Path path, long position) implements LogSource {
        private static final int BUFFER = 1 << 20;
        private static final int MOST_ROTATIONS = 16;
        private static final int GZIP = 0x8b1f;

        @Override
        public String title() {
            return path.toString();
        }

        @Override
        public LogFacts read(LogEvents events) {
            try {
                if (Files.isDirectory(path)) {
                    throw UserError.wrongUse(
                            path + " is a folder, and a log is a file.", "Name the file in it.");
                }
                if (position == 0 && isCompressed()) {
                    try (InputStream in = new GZIPInputStream(Files.newInputStream(path), BUFFER)) {
                        return Streams.read(in, events);
                    }
                }
                return plain(events);
            } catch (NoSuchFileException e) {
                throw UserError.wrongUse(
                        "There is no file " + Text.plain(path.toString()) + ".",
                        "Name the file that the server writes its log to, or journal, or"
                                + " docker:NAME.");
            } catch (IOException e) {
                throw new UserError(
                        ExitCode.WRONG_USE,
                        "The log "
                                + Text.plain(path.toString())
                                + " can not be read: "
                                + Text.plain(String.valueOf(e.getMessage()), 200)
                                + ".",
                        "It may belong to another user.",
                        e);
            }
        }

        private boolean isCompressed() throws IOException {
            if (!Files.isRegularFile(path)) {
                return false;
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] head = in.readNBytes(2);
                return head.length == 2 && ((head[0] & 0xff) | (head[1] & 0xff) << 8) == GZIP;
            }
        }

        /**
         * A log that was emptied under the reader goes on at its beginning, one that was moved away
         * in the file that took its place.
         */
        private LogFacts plain(LogEvents events) throws IOException {
            LogParser parser = new LogParser(events);
            LineCutter cutter = new LineCutter(parser);
            byte[] bytes = new byte[BUFFER];
            long all = 0;
            int rotations = 0;
            boolean more = true;
            long from = position;
            while (more) {
                more = false;
                try (FileChannel channel = FileChannel.open(path)) {
                    Object key = key();
                    long size = channel.size();
                    long at = from > size ? 0 : from;
                    from = 0;
                    channel.position(at);
                    while (true) {
                        int n = channel.read(ByteBuffer.wrap(bytes));
                        if (n > 0) {
                            cutter.feed(bytes, 0, n);
                            all += n;
                            at += n;
                            continue;
                        }
                        if (channel.size() < at && rotations < MOST_ROTATIONS) {
                            rotations++;
                            at = 0;
                            channel.position(0);
                            continue;
                        }
                        break;
                    }
                    if (Files.exists(path)
                            && !Objects.equals(key, key())
                            && rotations < MOST_ROTATIONS) {
                        rotations++;
                        more = true;
                    }
                }
            }
            cutter.end();
            return LogFacts.of(all, cutter, parser, rotations);
        }

        private Object key() throws IOException {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return key == null ? path : key;
        }
    }

    /** What a command prints, such as a reader of the journal. */
    record CommandLog(String title, List<String> line) implements LogSource {
        private static final int LONGEST_WORDS = 300;
        private static final int FEW = 200;

        public CommandLog {
            line = List.copyOf(line);
        }

        /** Returns what of it was written since a time, of the journal or of a container. */
        public CommandLog since(Instant time) {
            String since =
                    String.format(
                            Locale.ROOT, "%d.%06d", time.getEpochSecond(), time.getNano() / 1000);
            List<String> part = new ArrayList<>(line);
            if (line.getFirst().equals("journalctl")) {
                part.add("--since=@" + since);
            } else {
                part.addAll(part.size() - 1, List.of("--since", since));
            }
            return new CommandLog(title, part);
        }

        @Override
        public LogFacts read(LogEvents events) {
            try {
                Process process =
                        new ProcessBuilder(line)
                                .redirectErrorStream(true)
                                .redirectInput(Path.of("/dev/null").toFile())
                                .start();
                try (InputStream in = process.getInputStream()) {
                    Head head = new Head(in);
                    LogFacts facts = Streams.read(head, events);
                    int code = process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : 0;
                    if (code != 0 && facts.lines() < FEW) {
                        throw refused(head.text());
                    }
                    return facts;
                } finally {
                    process.destroy();
                }
            } catch (IOException e) {
                throw refused(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UserError(ExitCode.INTERRUPTED, "Interrupted.", "", e);
            }
        }

        private UserError refused(String words) {
            return UserError.wrongUse(
                    title + " can not be read: " + Text.plain(words, LONGEST_WORDS) + ".",
                    "Save it to a file and name that with --log. The command was: "
                            + String.join(" ", line));
        }

        /** Remembers how a stream began, to quote it. */
        private static final class Head extends InputStream {
            private final InputStream in;
            private final byte[] head = new byte[LONGEST_WORDS];
            private int kept;

            Head(InputStream in) {
                this.in = in;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = in.read(bytes, offset, length);
                int take = Math.min(Math.max(0, n), head.length - kept);
                System.arraycopy(bytes, offset, head, kept, take);
                kept += take;
                return n;
            }

            String text() {
                String text = new String(head, 0, kept, StandardCharsets.UTF_8).strip();
                return text.isEmpty() ? "it said nothing" : text;
            }
        }
    }

    /** Bytes from somewhere else. */
    record StreamLog(String title, InputStream in) implements LogSource {
        @Override
        public LogFacts read(LogEvents events) {
            try (in) {
                return Streams.read(in, events);
            } catch (IOException e) {
                throw new UserError(
                        ExitCode.WRONG_USE,
                        title
                                + " can not be read: "
                                + Text.plain(String.valueOf(e.getMessage()), 200)
                                + ".",
                        "",
                        e);
            }
        }
    }
}
