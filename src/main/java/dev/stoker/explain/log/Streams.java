package dev.stoker.explain.log;

import java.io.IOException;
import java.io.InputStream;

/** Reads a log from a stream. */
final class Streams {
    private static final int BUFFER = 1 << 20;

    private Streams() {}

    static LogFacts read(InputStream in, LogEvents events) throws IOException {
        LogParser parser = new LogParser(events);
        LineCutter cutter = new LineCutter(parser);
        byte[] bytes = new byte[BUFFER];
        long all = 0;
        int n = in.read(bytes);
        while (n >= 0) {
            cutter.feed(bytes, 0, n);
            all += n;
            n = in.read(bytes);
        }
        cutter.end();
        return LogFacts.of(all, cutter, parser, 0);
    }
}
