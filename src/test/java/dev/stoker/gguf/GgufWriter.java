package dev.stoker.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes GGUF headers for tests, right ones and wrong ones. */
public final class GgufWriter {
    private final ByteOrder order;
    private final int version;
    private final List<byte[]> values = new ArrayList<>();
    private final List<byte[]> tensors = new ArrayList<>();
    private long offset;

    public GgufWriter(int version, ByteOrder order) {
        this.version = version;
        this.order = order;
    }

    public static GgufWriter plain() {
        return new GgufWriter(3, ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes in this file's order. */
    final class Out {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Out u32(int n) {
            bytes.writeBytes(ByteBuffer.allocate(4).order(order).putInt(n).array());
            return this;
        }

        Out u64(long n) {
            bytes.writeBytes(ByteBuffer.allocate(8).order(order).putLong(n).array());
            return this;
        }

        Out text(String s) {
            byte[] b = s.getBytes(StandardCharsets.UTF_8);
            u64(b.length);
            bytes.writeBytes(b);
            return this;
        }

        byte[] done() {
            return bytes.toByteArray();
        }
    }

    Out out() {
        return new Out();
    }

    public GgufWriter text(String key, String value) {
        values.add(out().text(key).u32(8).text(value).done());
        return this;
    }

    public GgufWriter whole(String key, long value) {
        values.add(out().text(key).u32(4).u32((int) value).done());
        return this;
    }

    public GgufWriter wholes(String key, long... elements) {
        Out o = out().text(key).u32(9).u32(4).u64(elements.length);
        for (long e : elements) {
            o.u32((int) e);
        }
        values.add(o.done());
        return this;
    }

    public GgufWriter texts(String key, int count) {
        Out o = out().text(key).u32(9).u32(8).u64(count);
        for (int i = 0; i < count; i++) {
            o.text("t" + i);
        }
        values.add(o.done());
        return this;
    }

    public GgufWriter raw(byte[] value) {
        values.add(value);
        return this;
    }

    public GgufWriter tensor(String name, GgmlType type, long... dimensions) {
        long bytes = type.rowBytes(dimensions[0]);
        for (int i = 1; i < dimensions.length; i++) {
            bytes *= dimensions[i];
        }
        rawTensor(name, type.id(), offset, dimensions);
        offset += Math.ceilDiv(bytes, 32L) * 32;
        return this;
    }

    public GgufWriter rawTensor(String name, int type, long at, long... dimensions) {
        Out o = out().text(name).u32(dimensions.length);
        for (long d : dimensions) {
            o.u64(d);
        }
        tensors.add(o.u32(type).u64(at).done());
        return this;
    }

    /** Returns the header, without the tensors' data. */
    public byte[] header() {
        return header(tensors.size(), values.size());
    }

    public byte[] header(long tensorCount, long valueCount) {
        Out o = out();
        o.bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        o.u32(version).u64(tensorCount).u64(valueCount);
        values.forEach(o.bytes::writeBytes);
        tensors.forEach(o.bytes::writeBytes);
        return o.done();
    }

    /** Returns the length that the whole file would have. */
    public long length() {
        return Math.ceilDiv(header().length, 32L) * 32 + offset;
    }

    /** Returns the whole file as a source of bytes; data beyond the header is not there. */
    public ByteSource source() {
        return source(header(), length(), Integer.MAX_VALUE);
    }

    /** Returns bytes as a source that hands out only so many more than are asked for. */
    public static ByteSource source(byte[] bytes, long size, int more) {
        return new ByteSource() {
            @Override
            public String name() {
                return "test.gguf";
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public ByteBuffer at(long position, int least) {
                int from = (int) Math.min(position, bytes.length);
                long until = Math.min(bytes.length, (long) from + least + more);
                return ByteBuffer.wrap(bytes, from, (int) until - from).slice();
            }

            @Override
            public void close() {}
        };
    }
}
