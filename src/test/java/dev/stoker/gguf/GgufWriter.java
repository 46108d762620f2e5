package dev.stoker.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes GGUF files for tests: the header as it is asked for, even where that is unsound, and data
 * of zeros. Long files are sparse: they take no disk.
 */
public final class GgufWriter {
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private int version = 3;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private long alignment = 32;
    private final List<Value> values = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private long end;

    private record Value(String key, int type, Object value) {}

    private record Tensor(String name, int type, long[] dimensions, long offset) {}

    /** Elements of one type; a list of texts has the type 8. */
    private record Elements(int type, List<?> all) {}

    public GgufWriter version(int number) {
        this.version = number;
        return this;
    }

    public GgufWriter order(ByteOrder bytes) {
        this.order = bytes;
        return this;
    }

    /** Sets the alignment, and says so in the header; before the first tensor. */
    public GgufWriter alignment(int bytes) {
        this.alignment = bytes;
        return value("general.alignment", 4, bytes);
    }

    /** Adds a value of a type by its number; texts and arrays have methods of their own. */
    public GgufWriter value(String key, int type, Number value) {
        values.add(new Value(key, type, value));
        return this;
    }

    public GgufWriter u32(String key, long value) {
        return value(key, 4, value);
    }

    public GgufWriter f32(String key, double value) {
        return value(key, 6, value);
    }

    public GgufWriter flag(String key, boolean value) {
        return value(key, 7, value ? 1 : 0);
    }

    public GgufWriter text(String key, String value) {
        values.add(new Value(key, STRING, value));
        return this;
    }

    public GgufWriter texts(String key, List<String> value) {
        values.add(new Value(key, ARRAY, new Elements(STRING, value)));
        return this;
    }

    /** Adds an array of numbers of a type by its number. */
    public GgufWriter array(String key, int type, List<? extends Number> value) {
        values.add(new Value(key, ARRAY, new Elements(type, value)));
        return this;
    }

    public GgufWriter u32s(String key, long... value) {
        List<Long> all = new ArrayList<>();
        for (long v : value) {
            all.add(v);
        }
        return array(key, 4, all);
    }

    public GgufWriter flags(String key, boolean... value) {
        List<Integer> all = new ArrayList<>();
        for (boolean v : value) {
            all.add(v ? 1 : 0);
        }
        return array(key, 7, all);
    }

    /** Adds a tensor behind those that are there. */
    public GgufWriter tensor(String name, GgmlType type, long... dimensions) {
        long bytes = type.rowBytes(dimensions[0]);
        for (int i = 1; i < dimensions.length; i++) {
            bytes = Math.multiplyExact(bytes, dimensions[i]);
        }
        tensorAt(name, type.id(), end, dimensions);
        end = Math.ceilDiv(end + bytes, alignment) * alignment;
        return this;
    }

    /** Adds a tensor of any type at any place of the data, sound or not. */
    public GgufWriter tensorAt(String name, int type, long offset, long... dimensions) {
        tensors.add(new Tensor(name, type, dimensions, offset));
        return this;
    }

    /** Makes the data longer by so many bytes. */
    public GgufWriter room(long bytes) {
        end += bytes;
        return this;
    }

    /** Returns the header, up to where the data begins. */
    public byte[] header() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        number(out, 4, version);
        number(out, 8, tensors.size());
        number(out, 8, values.size());
        for (Value value : values) {
            string(out, value.key);
            number(out, 4, value.type);
            value(out, value.type, value.value);
        }
        for (Tensor tensor : tensors) {
            string(out, tensor.name);
            number(out, 4, tensor.dimensions.length);
            for (long dimension : tensor.dimensions) {
                number(out, 8, dimension);
            }
            number(out, 4, tensor.type);
            number(out, 8, tensor.offset);
        }
        while (out.size() % alignment != 0) {
            out.write(0);
        }
        return out.toByteArray();
    }

    /** Returns the whole file; for small ones. */
    public byte[] bytes() {
        byte[] header = header();
        byte[] all = new byte[Math.toIntExact(header.length + end)];
        System.arraycopy(header, 0, all, 0, header.length);
        return all;
    }

    /** Writes the file: the header, and a hole of the data's size. */
    public Path write(Path path) throws IOException {
        byte[] header = header();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            file.write(header);
            file.setLength(header.length + end);
        }
        return path;
    }

    private void value(ByteArrayOutputStream out, int type, Object value) {
        switch (value) {
            case String text -> string(out, text);
            case Elements elements -> {
                number(out, 4, elements.type);
                number(out, 8, elements.all.size());
                elements.all.forEach(e -> value(out, elements.type, e));
            }
            case Number n ->
                    number(
                            out,
                            width(type),
                            type == 6
                                    ? Float.floatToRawIntBits(n.floatValue())
                                    : type == 12
                                            ? Double.doubleToRawLongBits(n.doubleValue())
                                            : n.longValue());
            default -> throw new IllegalArgumentException(String.valueOf(value));
        }
    }

    private static int width(int type) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 10, 11, 12 -> 8;
            default -> 4;
        };
    }

    private void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, 8, bytes.length);
        out.writeBytes(bytes);
    }

    private void number(ByteArrayOutputStream out, int width, long value) {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(order);
        buffer.putLong(value);
        int from = order == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - width;
        out.write(buffer.array(), from, width);
    }
}
