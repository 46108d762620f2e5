import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Makes the distribution: {@code java Dist.java VERSION TARGET}. It links a runtime with the
 * modules that the program needs, adds the jars and the launcher, records the ahead-of-time cache
 * with that very runtime, and packs it all.
 *
 * <p>Every file gets the same time before the cache is recorded: the virtual machine takes the
 * cache only where jars and runtime still have the time they had then, and tar keeps whole seconds.
 */
final class Dist {
    private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    /** Named by optional code of the libraries only; Stoker draws no windows. */
    private static final Set<String> NOT_NEEDED = Set.of("java.desktop");

    /** Found at run time by service or by name, so jdeps does not see them. */
    private static final Set<String> ALSO_NEEDED =
            Set.of(
                    "jdk.crypto.ec",
                    "java.net.http",
                    "java.management",
                    "jdk.management",
                    "jdk.unsupported",
                    "java.naming");

    private Dist() {}

    public static void main(String[] args) throws Exception {
        String version = args[0];
        Path target = Path.of(args[1]);
        String name = "stoker-" + version + "-linux-" + architecture();
        Path root = target.resolve("dist").resolve(name);
        delete(target.resolve("dist"));
        Files.createDirectories(root.resolve("app"));

        link(modules(target), root.resolve("runtime"));
        copy(target.resolve("stoker.jar"), root.resolve("app/stoker.jar"));
        copy(target.resolve("lib"), root.resolve("app/lib"));
        copy(Path.of("src/dist/launch.sh"), root.resolve("app/launch.sh"));
        copy(Path.of("src/dist/stoker"), root.resolve("bin/stoker"));
        Files.setPosixFilePermissions(
                root.resolve("bin/stoker"), PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String page : List.of("LICENSE", "README.md", "CHANGELOG.md")) {
            if (Files.exists(Path.of(page))) {
                copy(Path.of(page), root.resolve(page));
            }
        }
        sameTime(root);
        record(root, "rehearse", "stoker.aot");
        record(root, "rehearse_load", "stoker-load.aot");
        record(root, "rehearse_gpu", "stoker-gpu.aot");
        sameTime(root);
        Path archive = target.resolve(name + ".tar.gz");
        run(
                List.of(
                        "tar",
                        "--sort=name",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "-C",
                        target.resolve("dist").toString(),
                        "-czf",
                        archive.toString(),
                        name));
        System.out.printf("%s: %.1f MB%n", archive, Files.size(archive) / 1e6);
    }

    /** Records an ahead-of-time cache by one of the launcher's functions. */
    private static void record(Path root, String function, String cache) throws Exception {
        String app = root + "/app/";
        String arguments = root + "/runtime/bin/java " + app + "stoker.jar " + app + "stoker.aot";
        run(
                List.of(
                        "sh",
                        "-c",
                        ". " + app + "launch.sh; " + function + " " + arguments + " /dev/stderr"));
        if (!Files.exists(root.resolve("app").resolve(cache))) {
            throw new IllegalStateException("the ahead-of-time cache was not made: " + cache);
        }
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x64" : name;
    }

    private static Set<String> modules(Path target) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--print-module-deps",
                                "--ignore-missing-deps",
                                "--multi-release",
                                "25",
                                "--class-path",
                                target.resolve("lib") + "/*",
                                target.resolve("stoker.jar").toString()));
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            jars.sorted().map(Path::toString).forEach(arguments::add);
        }
        Set<String> modules =
                new TreeSet<>(Arrays.asList(tool("jdeps", arguments).strip().split(",")));
        modules.removeAll(NOT_NEEDED);
        modules.addAll(ALSO_NEEDED);
        return modules;
    }

    private static void link(Set<String> modules, Path runtime) {
        tool(
                "jlink",
                List.of(
                        "--add-modules",
                        String.join(",", modules),
                        "--output",
                        runtime.toString(),
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages"));
    }

    private static String tool(String name, List<String> arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintWriter out =
                new PrintWriter(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        PrintWriter err = new PrintWriter(System.err, true);
        ToolProvider tool = ToolProvider.findFirst(name).orElseThrow();
        int code = tool.run(out, err, arguments.toArray(String[]::new));
        out.flush();
        if (code != 0) {
            throw new IllegalStateException(name + " ended with " + code + ": " + bytes);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " did not end");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command + " ended with " + process.exitValue());
        }
    }

    private static void sameTime(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                if (!Files.isSymbolicLink(file)) {
                    Files.setLastModifiedTime(file, TIME);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path place = to.resolve(from.relativize(file).toString());
                Files.createDirectories(place.getParent());
                Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
