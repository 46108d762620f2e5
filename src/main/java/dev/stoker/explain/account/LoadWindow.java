package dev.stoker.explain.account;

import dev.stoker.explain.log.LoadLine;

import java.util.ArrayList;
import java.util.List;

/** A load: from its first line to its last, for the requests that wait for it. Mutable. */
final class LoadWindow {
    final ModelAccount model;
    final LoadLine line;
    final long start;
    final Why why;
    long end = -1;
    long cpuBytes;
    long gpuBytes;
    boolean fallback;

    /** Whether another model had to leave for it. */
    boolean evicts;

    /** Who had to leave. */
    final List<String> victims = new ArrayList<>();

    /** Whether the request is known that began it. */
    boolean asked;

    /** When room began to be made for it; −1 if the log does not tell. */
    long roomAt = -1;

    /** When its weights began to be read; −1 if the log does not tell. */
    long readFrom = -1;

    /** When they were read. */
    long readTo = -1;

    LoadWindow(ModelAccount model, LoadLine line, long start, Why why) {
        this.model = model;
        this.line = line;
        this.start = start;
        this.why = why;
    }

    /** Returns it as another account knows it. */
    LoadWindow of(ModelAccount other) {
        LoadWindow same = new LoadWindow(other, line, start, why);
        same.cpuBytes = cpuBytes;
        same.gpuBytes = gpuBytes;
        same.evicts = evicts;
        same.roomAt = roomAt;
        same.readFrom = readFrom;
        same.readTo = readTo;
        return same;
    }

    /** Returns when it was over, as far as is known at a time. */
    long endBefore(long limit, long now) {
        return end < 0 ? Math.min(limit, now) : end;
    }
}
