package dev.stoker.explain.log;

/**
 * What a function of llama.cpp says of a load, behind its own name: buffers, layers, and when the
 * weights are read. Used by one thread.
 */
final class LlamaDetail {
    private static final byte[] OFFLOADED = Scan.bytes("offloaded ");
    private static final byte[] BUFFER = Scan.bytes(" buffer size =");
    private static final byte[] CPU = Scan.bytes("CPU");
    private static final byte[] BLAS = Scan.bytes("BLAS");
    private static final byte[] HOST = Scan.bytes("_Host");
    private static final byte[] TENSORS = Scan.bytes("loading model tensors");
    private static final byte[] CONTEXT = Scan.bytes("constructing llama_context");
    private static final byte[] OUT_OF_MEMORY = Scan.bytes("failed to allocate");

    private final LogEvents events;

    LlamaDetail(LogEvents events) {
        this.events = events;
    }

    boolean read(byte[] line, int from, int to, int port, long time) {
        int size = endsInMebibytes(line, to) ? Scan.find(line, from, to, BUFFER) : -1;
        if (size > 0) {
            long thousandths = LlamaLine.millis(line, size + BUFFER.length, to);
            events.buffer(isGpu(line, from, size), thousandths * (1L << 20) / 1000);
            return true;
        }
        int at = Scan.skipSpaces(line, from, to);
        if (Scan.starts(line, at, to, OFFLOADED)) {
            long[] layers = layers(line, at + OFFLOADED.length, to);
            if (layers.length == 2) {
                events.layers(layers[0], layers[1]);
                return true;
            }
        }
        if (Scan.starts(line, at, to, TENSORS)) {
            events.weightsBegin(port, time);
            return true;
        }
        if (Scan.starts(line, at, to, CONTEXT)) {
            events.weightsEnd(port, time);
            return true;
        }
        return Scan.starts(line, at, to, OUT_OF_MEMORY);
    }

    private static boolean endsInMebibytes(byte[] line, int to) {
        return to > 3 && line[to - 1] == 'B' && line[to - 2] == 'i' && line[to - 3] == 'M';
    }

    private static boolean isGpu(byte[] line, int from, int to) {
        int at = Scan.skipSpaces(line, from, to);
        int end = at;
        while (end < to && line[end] != ' ') {
            end++;
        }
        boolean host = end - at >= HOST.length && Scan.starts(line, end - HOST.length, end, HOST);
        return !host
                && !Scan.starts(line, at, end, CPU)
                && !Scan.starts(line, at, end, BLAS)
                && end > at;
    }

    /** Reads {@code 19/31 layers}: two numbers, or none. */
    static long[] layers(byte[] line, int from, int to) {
        long on = Scan.number(line, from, to);
        int at = from;
        while (at < to && Scan.isDigit(line[at])) {
            at++;
        }
        if (on < 0 || at >= to || line[at] != '/') {
            return new long[0];
        }
        long all = Scan.number(line, at + 1, to);
        return all < 0 ? new long[0] : new long[] {on, all};
    }
}
