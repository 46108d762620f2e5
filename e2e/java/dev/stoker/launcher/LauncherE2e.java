package dev.stoker.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The launcher with every state of its build and its cache, in a copy of the tree: whatever the
 * cache is, a start prints what was asked for and nothing else.
 */
final class LauncherE2e {
    private static final Path ROOT = Path.of(System.getProperty("stoker.root", ""));
    private static final String VERSION_LINE = "stoker \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n";

    private record Result(int code, String out, String err) {}

    @TempDir Path tree;

    @BeforeAll
    static void buildOnce() throws Exception {
        Result result = run(ROOT, Map.of(), "./stoker", "--version");
        assertThat(result.code()).as(result.err()).isZero();
    }

    @BeforeEach
    void copyBuiltTree() throws IOException {
        for (String part :
                List.of(
                        "stoker",
                        "pom.xml",
                        "src/main",
                        "src/dist",
                        "docs/metrics.md",
                        "target/quick/stoker.jar",
                        "target/quick/lib")) {
            copy(ROOT.resolve(part), tree.resolve(part));
        }
        Files.setLastModifiedTime(
                tree.resolve("target/quick/stoker.jar"), FileTime.from(Instant.now()));
    }

    @Test
    void start_withoutCache_makesOneAndPrintsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        assertThat(cache()).isRegularFile();
        assertThat(Files.size(cache())).isGreaterThan(1_000_000);
    }

    @Test
    void start_withCache_usesIt() throws Exception {
        assertPrintsTheVersionAlone();
        FileTime made = Files.getLastModifiedTime(cache());
        assertPrintsTheVersionAlone();
        assertThat(Files.getLastModifiedTime(cache())).isEqualTo(made);
        Result log =
                run(
                        tree,
                        Map.of("STOKER_JAVA_OPTS", "-XX:AOTMode=on -Xlog:class+load:stdout"),
                        "./stoker",
                        "--version");
        assertThat(log.out())
                .as("the program's own classes come from the cache")
                .containsPattern("dev\\.stoker\\.Main source: shared objects file");
    }

    @Test
    void start_emptyCache_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        Files.write(cache(), new byte[0]);
        assertPrintsTheVersionAlone();
    }

    @Test
    void start_garbageCache_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        Files.write(cache(), "garbage ".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        assertPrintsTheVersionAlone();
    }

    @Test
    void start_truncatedCache_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        for (long size : List.of(100L, 5_000L, Files.size(cache()) / 2)) {
            try (RandomAccessFile file = new RandomAccessFile(cache().toFile(), "rw")) {
                file.setLength(Math.min(size, file.length()));
            }
            assertPrintsTheVersionAlone();
        }
    }

    @Test
    void start_cacheOfAnotherClassPath_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        Path lib = tree.resolve("target/quick/lib");
        try (Stream<Path> jars = Files.list(lib)) {
            Files.setLastModifiedTime(
                    jars.findFirst().orElseThrow(),
                    FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        }
        assertPrintsTheVersionAlone();
    }

    @Test
    void start_cacheOfAnotherVirtualMachine_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        byte[] bytes = Files.readAllBytes(cache());
        byte[] version = System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8);
        int at =
                new String(bytes, 0, 4096, StandardCharsets.ISO_8859_1)
                        .indexOf(new String(version, StandardCharsets.ISO_8859_1));
        assertThat(at).as("the cache's head names the virtual machine").isPositive();
        bytes[at] = '9';
        Files.write(cache(), bytes);
        assertPrintsTheVersionAlone();
    }

    @Test
    void start_unreadableCache_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        Path cache = cache();
        Files.delete(cache);
        Files.createDirectory(cache);
        assertPrintsTheVersionAlone();
    }

    @Test
    void start_fromAnotherFolderThroughALink_printsTheVersionAlone() throws Exception {
        Path elsewhere = Files.createDirectories(tree.resolve("bin"));
        Files.createSymbolicLink(elsewhere.resolve("stoker"), Path.of("../stoker"));
        Result result = run(elsewhere, Map.of(), "./stoker", "--version");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches(VERSION_LINE);
    }

    @Test
    void start_readOnlyTreeAsOrdinaryUser_printsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone();
        assertPrintsTheVersionAlone(inReadOnlyTree());
        Files.delete(cache());
        assertPrintsTheVersionAlone(inReadOnlyTree());
    }

    @Test
    void start_readOnlyTreeWithoutBuild_saysSo() throws Exception {
        Files.delete(tree.resolve("target/quick/stoker.jar"));
        List<String> command = new ArrayList<>(inReadOnlyTree());
        Result result = run(tree, Map.of(), command.toArray(String[]::new));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("cannot be written");
    }

    @Test
    void start_noJdkAnywhere_saysWhatToInstall() throws Exception {
        Path bare = Files.createDirectories(tree.resolve("bare"));
        for (String tool : List.of("readlink", "find")) {
            Path script = bare.resolve(tool);
            Files.writeString(script, "#!/bin/sh\nexec " + program(tool) + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        String launcher =
                Files.readString(tree.resolve("stoker")).replace("/usr/lib/jvm/*", "/nowhere/*");
        Files.writeString(tree.resolve("stoker"), launcher);
        Result result =
                run(
                        tree,
                        Map.of("PATH", bare.toString(), "JAVA_HOME", "", "HOME", bare.toString()),
                        "./stoker",
                        "--version");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("JDK 25")
                .contains("apt-get install")
                .contains("JAVA_HOME");
    }

    @Test
    void start_brokenBuild_namesTheLog() throws Exception {
        Files.writeString(tree.resolve("pom.xml"), "<project>");
        Files.setLastModifiedTime(
                tree.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(5)));
        Result result = run(tree, Map.of(), "./stoker", "--version");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("The build failed").contains("target/quick/build.log");
        assertThat(tree.resolve("target/quick/build.log")).isNotEmptyFile();
    }

    /** Without its ahead-of-time cache it takes far longer; bench/startup itself holds 4 times. */
    @Test
    void startup_version_isNotFarFromTheBareVirtualMachine() throws Exception {
        Result result = run(ROOT, Map.of(), "bench/startup", "--rounds", "7", "--limit", "8");
        assertThat(result.code()).as(result.out() + result.err()).isZero();
    }

    private void assertPrintsTheVersionAlone() throws Exception {
        assertPrintsTheVersionAlone(List.of("./stoker", "--version"));
    }

    private void assertPrintsTheVersionAlone(List<String> command) throws Exception {
        Result result = run(tree, Map.of(), command.toArray(String[]::new));
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).matches(VERSION_LINE);
        assertThat(result.code()).isZero();
    }

    /** The command for a start by someone who may read the tree and write nothing in it. */
    private List<String> inReadOnlyTree() throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                boolean program = Files.isDirectory(file) || file.endsWith("stoker");
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(program ? "r-xr-xr-x" : "r--r--r--"));
            }
        }
        if (!System.getProperty("user.name").equals("root")) {
            return List.of("./stoker", "--version");
        }
        for (Path path = tree.getParent();
                path != null && path.startsWith("/tmp/");
                path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "./stoker",
                "--version");
    }

    private Path cache() throws IOException {
        try (Stream<Path> files = Files.list(tree.resolve("target/quick"))) {
            return files.filter(file -> file.toString().endsWith(".aot")).findFirst().orElseThrow();
        }
    }

    private static Path program(String name) {
        return Stream.of("/bin/", "/usr/bin/")
                .map(folder -> Path.of(folder + name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(
                        file,
                        target,
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Result run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("launcher", ".out");
        Path err = Files.createTempFile("launcher", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(4, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(command) + " did not end");
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
