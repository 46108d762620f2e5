package dev.stoker.gguf;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the header of a GGUF file, version 2 or 3, of either byte order. Long arrays (vocabularies)
 * are stepped over, not read. Nothing in the file is believed: counts are checked against the bytes
 * that are left before anything is made for them, sums against 64 bits, and places against the
 * file's length.
 */
public final class GgufReader {
    /** Headers are a few MiB; what is beyond this is no header. */
    private static final long MOST_HEADER = 256L << 20;

    private static final long MOST_VALUES = 65_536;
    private static final long MOST_TENSORS = 1 << 20;
    private static final int MOST_KEY = 65_535;
    private static final int MOST_NAME = 1024;
    private static final int MOST_TEXT = 16 << 20;

    /** Texts are kept; all of them together are less than this in any model. */
    private static final long MOST_TEXTS = 64 << 20;

    private static final long MOST_ALIGNMENT = 1 << 20;
    private static final int MOST_KEPT = 4096;

    /** Key and type of a value; name, dimensions, type and place of a tensor, at least. */
    private static final int LEAST_VALUE = 8 + 4 + 1;

    private static final int LEAST_TENSOR = 8 + 4 + 4 + 8;

    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Bytes of a value by its type; 0 for texts and arrays. */
    private static final int[] WIDTH = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final ByteSource source;
    private final long size;
    private final List<String> remarks = new ArrayList<>();
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;
    private long textBytes;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private GgufReader(ByteSource source) {
        this.source = source;
        this.size = source.size();
    }

    /**
     * Reads a header.
     *
     * @throws UserError where it is no GGUF file, or a broken one: the sentence says what is wrong
     */
    public static GgufFile read(ByteSource source) {
        GgufReader reader = new GgufReader(source);
        try {
            return reader.file();
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    "The header of "
                            + reader.shown()
                            + " could not be read: "
                            + Text.plain(String.valueOf(e.getMessage()), 300)
                            + ".",
                    "",
                    e);
        }
    }

    private String shown() {
        return Text.plain(source.name(), 300);
    }

    private GgufFile file() throws IOException {
        if (size < 24) {
            throw broken("it has " + size + " bytes, and a header alone has more");
        }
        need(24);
        byte[] magic = new byte[4];
        window.get(magic);
        if (!Arrays.equals(magic, "GGUF".getBytes(StandardCharsets.US_ASCII))) {
            throw notGguf(magic);
        }
        int version = u32();
        if ((version & 0xffff) == 0 && version != 0) {
            order = ByteOrder.BIG_ENDIAN;
            window.order(order);
            version = Integer.reverseBytes(version);
        }
        if (version == 1) {
            throw wrong(
                    "is GGUF version 1, which no server reads any more",
                    "Get a newer file of this model.");
        }
        if (version != 2 && version != 3) {
            throw broken("its version is " + Integer.toUnsignedString(version) + ", not 2 or 3");
        }
        long tensorCount = u64();
        long valueCount = u64();
        checkCount("metadata values", valueCount, MOST_VALUES, LEAST_VALUE);
        checkCount("tensors", tensorCount, MOST_TENSORS, LEAST_TENSOR);
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (long i = 0; i < valueCount; i++) {
            String key = text("a key", MOST_KEY);
            if (key.isEmpty()) {
                throw broken("a key is empty");
            }
            GgufValue value = value(key, type(key));
            if (values.put(key, value) != null) {
                throw broken("the key '" + Text.plain(key, 80) + "' is there twice");
            }
        }
        long alignment = alignment(values);
        List<Raw> raw = new ArrayList<>((int) tensorCount);
        Set<String> names = new HashSet<>();
        for (long i = 0; i < tensorCount; i++) {
            Raw tensor = tensor(alignment);
            if (!names.add(tensor.name)) {
                throw broken("the tensor '" + Text.plain(tensor.name, 80) + "' is there twice");
            }
            raw.add(tensor);
        }
        long dataStart = Math.ceilDiv(position(), alignment) * alignment;
        List<GgufTensor> tensors = placed(raw, dataStart, alignment);
        return new GgufFile(
                source.name(),
                version,
                order,
                Collections.unmodifiableMap(values),
                List.copyOf(tensors),
                dataStart,
                size,
                List.copyOf(remarks));
    }

    /** A tensor as the header has it; bytes are -1 where its type is unknown. */
    private record Raw(String name, int typeId, List<Long> dimensions, long bytes, long offset) {}

    private Raw tensor(long alignment) throws IOException {
        String name = text("a tensor's name", MOST_NAME);
        String shown = Text.plain(name, 80);
        int rank = u32();
        if (rank < 0 || rank > 4) {
            throw broken(
                    "the tensor '"
                            + shown
                            + "' has "
                            + Integer.toUnsignedString(rank)
                            + " dimensions, not up to 4");
        }
        List<Long> dimensions = new ArrayList<>(Math.max(1, rank));
        if (rank == 0) {
            dimensions.add(1L); // A single number.
        }
        for (int i = 0; i < rank; i++) {
            long length = u64();
            if (length < 0) {
                throw broken("a dimension of the tensor '" + shown + "' is beyond 63 bits");
            }
            dimensions.add(length);
        }
        int typeId = u32();
        long offset = u64();
        if (offset < 0 || offset % alignment != 0) {
            throw broken(
                    "the data of the tensor '"
                            + shown
                            + "' begins at "
                            + Long.toUnsignedString(offset)
                            + ", which is no multiple of "
                            + alignment);
        }
        return new Raw(name, typeId, dimensions, bytes(shown, typeId, dimensions), offset);
    }

    private long bytes(String shown, int typeId, List<Long> dimensions) {
        GgmlType type = GgmlType.of(typeId).orElse(null);
        if (type == null && GgmlType.removed(typeId)) {
            throw wrong(
                    "has the tensor '" + shown + "' of " + GgmlType.whyUnknown(typeId),
                    "Get a newer file of this model.");
        }
        if (type == null) {
            return -1;
        }
        if (dimensions.getFirst() % type.block() != 0) {
            throw broken(
                    "a row of the tensor '"
                            + shown
                            + "' has "
                            + dimensions.getFirst()
                            + " elements, which does not divide into the blocks of "
                            + type.block()
                            + " that "
                            + type
                            + " has");
        }
        try {
            long bytes = type.rowBytes(dimensions.getFirst());
            long elements = dimensions.getFirst();
            for (long length : dimensions.subList(1, dimensions.size())) {
                bytes = Math.multiplyExact(bytes, length);
                elements = Math.multiplyExact(elements, length);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw broken("the size of the tensor '" + shown + "' is beyond 63 bits");
        }
    }

    /** Checks that tensors lie within the file and not on one another. */
    private List<GgufTensor> placed(List<Raw> raw, long dataStart, long alignment) {
        Integer[] byPlace = new Integer[raw.size()];
        Arrays.setAll(byPlace, i -> i);
        Arrays.sort(
                byPlace,
                Comparator.comparingLong((Integer i) -> raw.get(i).offset)
                        .thenComparingLong(i -> raw.get(i).bytes));
        GgufTensor[] all = new GgufTensor[raw.size()];
        long end = 0;
        String before = "";
        for (int i = 0; i < byPlace.length; i++) {
            Raw tensor = raw.get(byPlace[i]);
            if (tensor.offset < end) {
                throw broken(
                        "the tensors '"
                                + Text.plain(before, 80)
                                + "' and '"
                                + Text.plain(tensor.name, 80)
                                + "' overlap");
            }
            long next = i + 1 < byPlace.length ? raw.get(byPlace[i + 1]).offset : size - dataStart;
            long bytes = tensor.bytes < 0 ? bytesByGap(tensor, next) : tensor.bytes;
            if (bytes > size - dataStart - tensor.offset) {
                throw wrong(
                        "is incomplete: the tensor '"
                                + Text.plain(tensor.name, 80)
                                + "' ends at byte "
                                + Long.toUnsignedString(dataStart + tensor.offset + bytes)
                                + ", and the file has "
                                + size,
                        "Download it again.");
            }
            end = tensor.offset + Math.ceilDiv(bytes, alignment) * alignment;
            before = tensor.name;
            all[byPlace[i]] =
                    new GgufTensor(
                            tensor.name,
                            GgmlType.of(tensor.typeId)
                                    .map(GgmlType::name)
                                    .orElse("type " + Integer.toUnsignedString(tensor.typeId)),
                            tensor.dimensions,
                            bytes,
                            dataStart + tensor.offset);
        }
        return List.of(all);
    }

    /** The size of a tensor of an unknown type: up to where the next one begins. */
    private long bytesByGap(Raw tensor, long next) {
        String why = GgmlType.whyUnknown(tensor.typeId);
        long bytes = next - tensor.offset;
        if (bytes <= 0) {
            throw broken("the tensor '" + Text.plain(tensor.name, 80) + "' has no size: " + why);
        }
        String remark =
                Character.toUpperCase(why.charAt(0))
                        + why.substring(1)
                        + ": the size of such tensors is taken from their places in the file.";
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
        return bytes;
    }

    private long alignment(Map<String, GgufValue> values) {
        GgufValue given = values.get("general.alignment");
        if (given == null) {
            return 32;
        }
        if (!(given instanceof GgufValue.Whole(long number))
                || number < 1
                || number > MOST_ALIGNMENT
                || Long.bitCount(number) != 1) {
            throw broken(
                    "its alignment is "
                            + (given instanceof GgufValue.Whole(long n) ? n : "no number")
                            + ", not a power of two up to "
                            + MOST_ALIGNMENT);
        }
        return number;
    }

    private int type(String key) throws IOException {
        int type = u32();
        if (type < 0 || type >= WIDTH.length) {
            throw broken(
                    "the value of '"
                            + Text.plain(key, 80)
                            + "' has the type "
                            + Integer.toUnsignedString(type)
                            + ", and there are 0 to 12");
        }
        return type;
    }

    private GgufValue value(String key, int type) throws IOException {
        if (type == STRING) {
            return new GgufValue.Text(text("'" + Text.plain(key, 80) + "'", MOST_TEXT));
        }
        return type == ARRAY ? array(key) : scalar(type);
    }

    private GgufValue scalar(int type) throws IOException {
        need(WIDTH[type]);
        return switch (type) {
            case 0 -> new GgufValue.Whole(Byte.toUnsignedLong(window.get()));
            case 1 -> new GgufValue.Whole(window.get());
            case 2 -> new GgufValue.Whole(Short.toUnsignedLong(window.getShort()));
            case 3 -> new GgufValue.Whole(window.getShort());
            case 4 -> new GgufValue.Whole(Integer.toUnsignedLong(window.getInt()));
            case 5 -> new GgufValue.Whole(window.getInt());
            case 6 -> new GgufValue.Real(window.getFloat());
            case 7 -> new GgufValue.Flag(window.get() != 0);
            case 12 -> new GgufValue.Real(window.getDouble());
            default -> new GgufValue.Whole(window.getLong());
        };
    }

    private GgufValue array(String key) throws IOException {
        int type = type(key);
        long count = u64();
        if (type == ARRAY) {
            throw broken("'" + Text.plain(key, 80) + "' is an array of arrays");
        }
        int least = type == STRING ? 8 : WIDTH[type];
        long left = Math.min(size, MOST_HEADER) - position();
        if (count < 0 || count > left / least) {
            throw broken(
                    "'"
                            + Text.plain(key, 80)
                            + "' claims "
                            + Long.toUnsignedString(count)
                            + " elements, and there are "
                            + left
                            + " bytes left");
        }
        if (type == STRING) {
            skipTexts(key, count);
            return new GgufValue.Many(count, List.of());
        }
        if (count > MOST_KEPT) {
            skip(count * least);
            return new GgufValue.Many(count, List.of());
        }
        List<GgufValue> kept = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            kept.add(scalar(type));
        }
        return new GgufValue.Many(count, kept);
    }

    /** Steps from length to length; this is most of the work in a header of a big vocabulary. */
    private void skipTexts(String key, long count) throws IOException {
        long left = count;
        while (left > 0) {
            left -=
                    window.hasArray() && order == ByteOrder.LITTLE_ENDIAN
                            ? skipShortTexts(window.array(), left)
                            : 0;
            if (left > 0) {
                need(8);
                long length = window.getLong(window.position());
                if (length < 0 || length > MOST_TEXT) {
                    throw tooLong("a text of '" + Text.plain(key, 80) + "'", length);
                }
                skip(8 + length);
                left--;
            }
        }
    }

    /**
     * Steps over texts that lie in the window whole, up to the first one that does not or whose
     * length has more than 31 bits; returns how many. On plain bytes, since a command reads its
     * first header before anything is compiled.
     */
    private long skipShortTexts(byte[] bytes, long most) {
        int start = window.arrayOffset();
        int at = start + window.position();
        int limit = start + window.limit();
        long done = 0;
        while (done < most && limit - at >= 8) {
            int length =
                    (bytes[at] & 0xff)
                            | (bytes[at + 1] & 0xff) << 8
                            | (bytes[at + 2] & 0xff) << 16
                            | bytes[at + 3] << 24;
            int beyond = bytes[at + 4] | bytes[at + 5] | bytes[at + 6] | bytes[at + 7];
            if (beyond != 0 || length < 0 || length > limit - at - 8) {
                break;
            }
            at += 8 + length;
            done++;
        }
        window.position(at - start);
        return done;
    }

    private String text(String what, int most) throws IOException {
        long length = u64();
        if (length < 0 || length > most) {
            throw tooLong(what, length);
        }
        textBytes += length;
        if (textBytes > MOST_TEXTS) {
            throw broken("its texts have more than " + (MOST_TEXTS >> 20) + " MiB");
        }
        need((int) length);
        byte[] bytes = new byte[(int) length];
        window.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private UserError tooLong(String what, long length) {
        return broken("the length of " + what + " is " + Long.toUnsignedString(length) + " bytes");
    }

    private int u32() throws IOException {
        need(4);
        return window.getInt();
    }

    private long u64() throws IOException {
        need(8);
        return window.getLong();
    }

    private long position() {
        return windowStart + window.position();
    }

    private void checkCount(String what, long count, long most, int least) {
        long left = size - position();
        if (count < 0 || count > most || count > left / least) {
            throw broken(
                    "it claims "
                            + Long.toUnsignedString(count)
                            + " "
                            + what
                            + ", and has "
                            + left
                            + " bytes left");
        }
    }

    private void skip(long bytes) throws IOException {
        long to = position() + bytes;
        if (to > size) {
            throw cut();
        }
        if (to > MOST_HEADER) {
            throw tooBig();
        }
        if (bytes <= window.remaining()) {
            window.position(window.position() + (int) bytes);
        } else {
            window = ByteBuffer.allocate(0);
            windowStart = to;
        }
    }

    /** Sees to it that so many bytes are in the window. */
    private void need(int bytes) throws IOException {
        if (window.remaining() >= bytes) {
            return;
        }
        long from = position();
        if (from + bytes > size) {
            throw cut();
        }
        if (from + bytes > MOST_HEADER) {
            throw tooBig();
        }
        window = source.at(from, bytes).order(order);
        windowStart = from - window.position();
        if (window.remaining() < bytes) {
            throw cut();
        }
    }

    private UserError tooBig() {
        return broken("its header has more than " + (MOST_HEADER >> 20) + " MiB");
    }

    private UserError cut() {
        return wrong("ends in the middle of its header, at byte " + size, "Download it again.");
    }

    private UserError notGguf(byte[] magic) {
        StringBuilder hex = new StringBuilder();
        for (byte b : magic) {
            hex.append(String.format(" %02x", b));
        }
        String reversed = "FUGG";
        String hint =
                new String(magic, StandardCharsets.US_ASCII).equals(reversed)
                        ? "It seems to be for a machine of another byte order."
                        : "Name a .gguf file.";
        return wrong("is no GGUF file: it begins with" + hex + ", not with GGUF", hint);
    }

    private UserError broken(String why) {
        return wrong("is no sound GGUF file: " + why, "Download it again.");
    }

    private UserError wrong(String what, String hint) {
        return new UserError(ExitCode.WRONG_USE, shown() + " " + what + ".", hint);
    }
}
