package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the kernel's small text files. They have no size before they are read, may vanish while
 * they are read, and may hold anything on a strange kernel: whatever happens becomes a reading with
 * its reason. Stateless.
 */
final class ProcFile {
    /** A host with 100 000 sockets has a table of 15 MB. */
    private static final int LARGEST = 32 << 20;

    /** One pebibyte: no machine has more, and sums of such sizes do not overflow. */
    private static final long MOST_KILOBYTES = 1L << 40;

    private ProcFile() {}

    /** Returns the whole text of a file, cut after 32 MiB. */
    static Reading<String> text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Reading.known(new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Reading.unsupported(file + " does not exist");
        } catch (AccessDeniedException e) {
            return Reading.unsupported(file + " may only be read by its owner or root");
        } catch (IOException e) {
            return Reading.failed(
                    file + " could not be read: " + Text.plain(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Returns the text of a file without the white space around it; empty where it can't be read.
     */
    static Optional<String> word(Path file) {
        return text(file) instanceof Reading.Known<String>(String text)
                ? Optional.of(text.strip())
                : Optional.empty();
    }

    /** Returns the one whole number, not negative, that a file holds. */
    static Reading<Long> number(Path file) {
        return switch (text(file)) {
            case Reading.Known<String>(String text) -> {
                OptionalLong number = number(text);
                yield number.isPresent()
                        ? Reading.known(number.getAsLong())
                        : Reading.failed(
                                file + " holds '" + Text.plain(text, 40) + "', not a number");
            }
            case Reading.Unsupported<String>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<String>(String reason) -> Reading.failed(reason);
        };
    }

    /** Returns the whole number, not negative, that a text is. */
    static OptionalLong number(String text) {
        try {
            long value = Long.parseLong(text.strip());
            return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the size that follows a label in lines such as {@code MemTotal: 24682416 kB}. */
    static Reading<Bytes> kilobytes(Reading<String> lines, Path file, String label) {
        return lines.flatMap(text -> {
            int at = behind(text, label);
            return at < 0
                    ? Reading.unsupported(file + " has no line " + label)
                    : size(text, at, file, label);
        });
    }

    /** Returns the whole number that follows a label in such lines. */
    static Reading<Long> count(Reading<String> lines, Path file, String label) {
        if (!(lines instanceof Reading.Known<String>(String text))) {
            return lines.map(_ -> 0L);
        }
        int at = behind(text, label);
        if (at < 0) {
            return Reading.unsupported(file + " has no line " + label);
        }
        Columns columns = new Columns(text, at, endOfLine(text, at));
        long number = columns.number();
        return number >= 0 && columns.word().isEmpty()
                ? Reading.known(number)
                : Reading.failed(file + " holds no number after " + label);
    }

    /** Returns where a label's line goes on behind its colon; negative where there is none. */
    private static int behind(String text, String label) {
        int at = text.indexOf(label);
        while (at >= 0) {
            int end = at + label.length();
            boolean begins = at == 0 || text.charAt(at - 1) == '\n';
            if (begins && end < text.length() && text.charAt(end) == ':') {
                return end + 1;
            }
            at = text.indexOf(label, end);
        }
        return -1;
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private static Reading<Bytes> size(String text, int at, Path file, String label) {
        Columns columns = new Columns(text, at, endOfLine(text, at));
        long number = columns.number();
        String unit = columns.word();
        boolean plain = (unit.isEmpty() || unit.equals("kB")) && columns.word().isEmpty();
        return plain && number >= 0 && number <= MOST_KILOBYTES
                ? Reading.known(Bytes.of(number * 1024))
                : Reading.failed(file + " holds no size after " + label);
    }
}
