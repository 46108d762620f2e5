package dev.stoker.gpu.sysfs;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The kernel's files below a root, so that recorded trees can stand in for a machine. Files may
 * vanish between being listed and being read, refuse to be read while their hardware is switched
 * off, and hold anything: all of that becomes a reading. Nothing is ever written. Thread-safe.
 */
public final class SysTree {
    /** Words by which the kernel says that hardware is switched off now (EAGAIN). */
    private static final String TRY_AGAIN = "resource temporarily unavailable";

    private static final int LARGEST = 1 << 20;
    private static final int LARGEST_LIST = 16 << 20;
    private static final int MOST_ENTRIES = 65_536;

    private final Path root;
    private final Reader reader;

    /** How a file is read: the real one, or a test's. */
    @FunctionalInterface
    public interface Reader {
        byte[] read(Path file) throws IOException;
    }

    public SysTree(Path root) {
        this(root, SysTree::readHead);
    }

    public SysTree(Path root, Reader reader) {
        this.root = root;
        this.reader = reader;
    }

    /** Returns the tree of this machine. */
    public static SysTree ofThisMachine() {
        return new SysTree(Path.of("/"));
    }

    private static byte[] readHead(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST);
        }
    }

    /** Returns a path below the root, given without a leading slash. */
    public Path path(String below) {
        return root.resolve(below);
    }

    public boolean exists(Path file) {
        return Files.exists(file);
    }

    /** Returns what a file holds, or why it can't be read. */
    public Reading<byte[]> bytes(Path file) {
        try {
            return Reading.known(reader.read(file));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Reading.unsupported("this kernel or driver does not tell it");
        } catch (AccessDeniedException e) {
            return Reading.unsupported("needs root");
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            if (why.contains(TRY_AGAIN)) {
                return Reading.unsupported(OFF);
            }
            if (why.contains("permission denied") || why.contains("operation not permitted")) {
                return Reading.unsupported("needs root");
            }
            if (why.contains("not supported") || why.contains("no data available")) {
                return Reading.unsupported("the driver does not tell it on this device");
            }
            return Reading.failed(Text.plain(String.valueOf(e.getMessage()), 120));
        }
    }

    /** The reason of what is switched off now. */
    public static final String OFF = "off: this part of the chip has no power now";

    /** Returns the text of a file without the white space and zero bytes around it. */
    public Reading<String> text(Path file) {
        return bytes(file)
                .map(b -> new String(b, StandardCharsets.UTF_8).replace('\0', ' ').strip());
    }

    /** Returns the text of a file, or an empty one where it can't be read. */
    public String word(Path file) {
        return text(file).orElse("");
    }

    /** Returns whether a file that is no kernel's holds a text. */
    public boolean contains(Path file, String text) {
        return wholeText(file).contains(text);
    }

    /** Returns the text of a large file that is no kernel's, or an empty one. */
    String wholeText(Path file) {
        try {
            return Files.size(file) > LARGEST_LIST
                    ? ""
                    : Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns the one whole number that a file holds, which may be negative. */
    public Reading<Long> number(Path file) {
        Reading<String> text = text(file);
        return switch (text) {
            case Reading.Known<String>(String digits) -> number(digits);
            case Reading.Unsupported<String>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<String>(String reason) -> Reading.failed(reason);
        };
    }

    private static Reading<Long> number(String digits) {
        try {
            return Reading.known(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return digits.isEmpty()
                    ? Reading.failed("the kernel's file is empty")
                    : Reading.failed("the kernel's file holds '" + Text.plain(digits, 24) + "'");
        }
    }

    /**
     * Returns the number of a file in another unit, if it is within what can be.
     *
     * @param scale what one step stands for
     * @param least the least that is believed
     * @param most the most that is believed
     */
    public Reading<Double> figure(Path file, double scale, double least, double most) {
        return within(number(file).map(n -> n * scale), least, most);
    }

    /** Returns a figure that is within what can be. */
    public static Reading<Double> within(Reading<Double> figure, double least, double most) {
        return figure instanceof Reading.Known<Double>(Double v) && (v < least || v > most)
                ? Reading.failed("the kernel tells an impossible value")
                : figure;
    }

    /** Returns the entries of a folder whose names match, numbers in names by their size. */
    public List<Path> list(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            for (Path entry : entries) {
                if (found.size() >= MOST_ENTRIES) {
                    break;
                }
                found.add(entry);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        found.sort(SysTree::byNumber);
        return found;
    }

    private static int byNumber(Path a, Path b) {
        int length = Integer.compare(name(a).length(), name(b).length());
        return length != 0 ? length : name(a).compareTo(name(b));
    }

    /** Returns the last part of a path. */
    public static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** Returns whether this user may read a file or list a folder. */
    public boolean isReadable(Path file) {
        return Files.isReadable(file);
    }

    /** Returns what a link leads to; empty where it is none or may not be read. */
    public String linkTarget(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** Returns the name of what a link leads to; empty where it is none. */
    public Optional<String> linkName(Path link) {
        try {
            return Optional.of(name(Files.readSymbolicLink(link)));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
