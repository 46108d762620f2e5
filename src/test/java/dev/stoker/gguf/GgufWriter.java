package dev.stoker.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes GGUF files for tests: the header as it is asked for, right or wrong, and data of zeros.
 * Long files are sparse: they take no disk.
 */
public final class GgufWriter {
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteOrder order;
    private final int version;
    private final List<byte[]> values = new ArrayList<>();
    private final List<byte[]> tensors = new ArrayList<>();
    private long alignment = 32;
    private long end;

    public GgufWriter(int version, ByteOrder order) {
        this.version = version;
        this.order = order;
    }

    /** A file of version 3, of little-endian numbers. */
    public static GgufWriter plain() {
        return new GgufWriter(3, ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes in this file's order. */
    public final class Out {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        public Out u32(int n) {
            return number(4, n);
        }

        public Out u64(long n) {
            return number(8, n);
        }

        public Out text(String s) {
            byte[] b = s.getBytes(StandardCharsets.UTF_8);
            u64(b.length);
            bytes.writeBytes(b);
            return this;
        }

        /** Writes a value of a type by its number. */
        Out value(int type, Number n) {
            return switch (type) {
                case 0, 1, 7 -> number(1, n.longValue());
                case 2, 3 -> number(2, n.longValue());
                case 6 -> number(4, Float.floatToRawIntBits(n.floatValue()));
                case 10, 11 -> number(8, n.longValue());
                case 12 -> number(8, Double.doubleToRawLongBits(n.doubleValue()));
                default -> number(4, n.longValue());
            };
        }

        private Out number(int width, long value) {
            byte[] eight = ByteBuffer.allocate(8).order(order).putLong(value).array();
            bytes.write(eight, order == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - width, width);
            return this;
        }

        public byte[] done() {
            return bytes.toByteArray();
        }
    }

    public Out out() {
        return new Out();
    }

    /** Sets the alignment, and says so in the header; before the first tensor. */
    public GgufWriter alignment(int bytes) {
        this.alignment = bytes;
        return whole("general.alignment", bytes);
    }

    /** Adds a value of a type by its number; texts and arrays have methods of their own. */
    public GgufWriter value(String key, int type, Number value) {
        return raw(out().text(key).u32(type).value(type, value).done());
    }

    /** Adds a number of 32 bits without sign. */
    public GgufWriter whole(String key, long value) {
        return value(key, 4, value);
    }

    public GgufWriter real(String key, double value) {
        return value(key, 6, value);
    }

    public GgufWriter flag(String key, boolean value) {
        return value(key, 7, value ? 1 : 0);
    }

    public GgufWriter text(String key, String value) {
        return raw(out().text(key).u32(STRING).text(value).done());
    }

    public GgufWriter texts(String key, List<String> elements) {
        Out o = out().text(key).u32(ARRAY).u32(STRING).u64(elements.size());
        elements.forEach(o::text);
        return raw(o.done());
    }

    /** Adds so many short texts. */
    public GgufWriter texts(String key, int count) {
        Out o = out().text(key).u32(ARRAY).u32(STRING).u64(count);
        for (int i = 0; i < count; i++) {
            o.text("t" + i);
        }
        return raw(o.done());
    }

    /** Adds an array of numbers of a type by its number. */
    public GgufWriter array(String key, int type, List<? extends Number> elements) {
        Out o = out().text(key).u32(ARRAY).u32(type).u64(elements.size());
        elements.forEach(e -> o.value(type, e));
        return raw(o.done());
    }

    public GgufWriter wholes(String key, long... elements) {
        return array(key, 4, Arrays.stream(elements).boxed().toList());
    }

    public GgufWriter flags(String key, boolean... elements) {
        List<Integer> all = new ArrayList<>();
        for (boolean e : elements) {
            all.add(e ? 1 : 0);
        }
        return array(key, 7, all);
    }

    /** Adds a key, a type and a value as they are. */
    public GgufWriter raw(byte[] value) {
        values.add(value);
        return this;
    }

    /** Adds a tensor behind those that are there. */
    public GgufWriter tensor(String name, GgmlType type, long... dimensions) {
        long bytes = type.rowBytes(dimensions[0]);
        for (int i = 1; i < dimensions.length; i++) {
            bytes = Math.multiplyExact(bytes, dimensions[i]);
        }
        rawTensor(name, type.id(), end, dimensions);
        end = Math.ceilDiv(end + bytes, alignment) * alignment;
        return this;
    }

    /** Adds a tensor of any type at any place of the data, sound or not. */
    public GgufWriter rawTensor(String name, int type, long at, long... dimensions) {
        Out o = out().text(name).u32(dimensions.length);
        for (long d : dimensions) {
            o.u64(d);
        }
        tensors.add(o.u32(type).u64(at).done());
        return this;
    }

    /** Makes the data longer by so many bytes. */
    public GgufWriter room(long bytes) {
        end += bytes;
        return this;
    }

    /** Returns the header, without the tensors' data. */
    public byte[] header() {
        return header(tensors.size(), values.size());
    }

    /** Returns the header with other counts than are true. */
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
        return Math.ceilDiv(header().length, alignment) * alignment + end;
    }

    /** Returns the whole file; for small ones. */
    public byte[] bytes() {
        return Arrays.copyOf(header(), Math.toIntExact(length()));
    }

    /** Writes the file: the header, and a hole of the data's size. */
    public Path write(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            file.write(header());
            file.setLength(length());
        }
        return path;
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
