import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or formats the Java sources below the given folders: {@code java Format.java check|write
 * FOLDER…}.
 *
 * <p>The build runs it as a single source file on JDK 25, because the formatter needs that JDK
 * while Maven may run on an older one. Files unchanged since the last good run are skipped: the
 * stamp is {@code target/tools/formatted}.
 */
final class Format {
    private static final Path STAMP = Path.of("target", "tools", "formatted");

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean write = args[0].equals("write");
        boolean all = args[1].equals("all");
        FileTime start = FileTime.from(Instant.now());
        FileTime last =
                Files.exists(STAMP) ? Files.getLastModifiedTime(STAMP) : FileTime.fromMillis(0);
        List<Path> changed = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            Path root = Path.of(args[i]);
            if (Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> all || file.startsWith(args[1]))
                            .filter(file -> modified(file).compareTo(last) >= 0)
                            .forEach(changed::add);
                }
            }
        }
        Formatter formatter =
                new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());
        List<String> complaints =
                changed.parallelStream()
                        .map(file -> complaint(formatter, file, write))
                        .filter(complaint -> !complaint.isEmpty())
                        .sorted()
                        .toList();
        if (complaints.isEmpty() && !all) {
            return;
        }
        if (complaints.isEmpty()) {
            Files.createDirectories(STAMP.getParent());
            Files.writeString(STAMP, "");
            Files.setLastModifiedTime(STAMP, start);
            return;
        }
        complaints.forEach(System.err::println);
        System.err.println("Format the sources with: mvn -q -Pformat process-sources");
        System.exit(1);
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String complaint(Formatter formatter, Path file, boolean write) {
        try {
            String source = Files.readString(file);
            String formatted = formatter.formatSourceAndFixImports(source);
            for (int again = 0; write && again < 3; again++) {
                formatted =
                        formatter.formatSourceAndFixImports(
                                formatted); // Once is not always stable.
            }
            if (formatted.equals(source)) {
                return "";
            }
            if (write) {
                Files.writeString(file, formatted);
                return "";
            }
            return file + ": not formatted";
        } catch (IOException | FormatterException e) {
            return file + ": " + e.getMessage();
        }
    }
}
