package dev.stoker.explain.log;

import dev.stoker.base.Clock;
import dev.stoker.explain.log.LogSource.CommandLog;
import dev.stoker.explain.log.LogSource.FileLog;
import dev.stoker.explain.log.LogSource.StreamLog;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;

/**
 * Reads a log from its beginning, and then again and again what was written since. A file that was
 * emptied or replaced goes on at its beginning. One thread.
 */
public final class LogFollower {
    private static final int BUFFER = 1 << 20;

    private final LogSource source;
    private final Clock clock;
    private final LogEvents events;
    private final LogParser parser;
    private final LineCutter cutter;
    private final byte[] bytes = new byte[BUFFER];
    private LogFacts printed = new LogFacts(0, 0, 0, 0, 0, 0);
    private Instant since = Instant.MIN;
    private @Nullable Object key;
    private boolean away;
    private long at;
    private long all;
    private int rotations;

    public LogFollower(LogSource source, LogEvents events, Clock clock) {
        this.source = source;
        this.events = events;
        this.clock = clock;
        this.parser = new LogParser(events);
        this.cutter = new LineCutter(parser);
    }

    public String title() {
        return source.title();
    }

    /** Returns whether reading what is new costs next to nothing, so that it can be done often. */
    public boolean isCheap() {
        return source instanceof FileLog;
    }

    /**
     * Reads what is new.
     *
     * @throws dev.stoker.base.UserError if it can not be read
     */
    public void read() {
        switch (source) {
            case FileLog file -> {
                try {
                    more(file.path());
                } catch (NoSuchFileException e) {
                    away = true; // It is being rotated: the next look finds the new one.
                } catch (IOException e) {
                    // It can not be read at this moment: the next look tries again.
                }
            }
            case CommandLog command -> {
                Instant now = clock.now();
                CommandLog part = since.equals(Instant.MIN) ? command : command.since(since);
                since = now;
                printed = printed.and(part.read(events));
            }
            case StreamLog stream -> printed = printed.and(stream.read(events));
        }
    }

    /** Returns what was read so far. */
    public LogFacts facts() {
        return LogFacts.of(all, cutter, parser, rotations).and(printed);
    }

    private void more(Path path) throws IOException {
        Object now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        try (FileChannel channel = FileChannel.open(path)) {
            boolean another = away || (key != null && !Objects.equals(key, now));
            away = false;
            if (another || channel.size() < at) {
                rotations++;
                at = 0;
            }
            key = now;
            channel.position(at);
            int n = channel.read(ByteBuffer.wrap(bytes));
            while (n > 0) {
                cutter.feed(bytes, 0, n);
                at += n;
                all += n;
                n = channel.read(ByteBuffer.wrap(bytes));
            }
        }
    }
}
