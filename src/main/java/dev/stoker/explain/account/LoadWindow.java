package dev.stoker.explain.account;

import dev.stoker.explain.log.LoadLine;

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

    LoadWindow(ModelAccount model, LoadLine line, long start, Why why) {
        this.model = model;
        this.line = line;
        this.start = start;
        this.why = why;
    }

    /** Returns when it was over, as far as is known at a time. */
    long endBefore(long limit, long now) {
        return end < 0 ? Math.min(limit, now) : end;
    }
}
