package dev.stoker.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The distribution, made as its user gets it and started where no Java and no other program is
 * within reach.
 */
final class DistributionE2e {
    private static final Path ROOT =
            Path.of(System.getProperty("stoker.root", "")).toAbsolutePath();

    private record Result(int code, String output) {}

    @TempDir Path folder;

    @Test
    void distribution_withoutJava_startsFromItsCache() throws Exception {
        Result build =
                run(
                        ROOT,
                        Map.of(),
                        "mvn",
                        "-B",
                        "-q",
                        "-Pdist,quick",
                        "-Dstoker.build=" + folder.resolve("build"),
                        "package");
        assertThat(build.code()).as(build.output()).isZero();
        Path archive = only(folder.resolve("build"), ".tar.gz");
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        assertThat(run(elsewhere, Map.of(), "tar", "-xzf", archive.toString()).code()).isZero();
        String stoker = only(elsewhere, "").resolve("bin/stoker").toString();

        Map<String, String> bare = Map.of("PATH", "/nowhere", "JAVA_HOME", "");
        assertThat(run(elsewhere, bare, stoker, "--version"))
                .matches(result -> result.code() == 0)
                .extracting(Result::output)
                .asString()
                .matches("stoker \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
        assertThat(
                        run(
                                        elsewhere,
                                        Map.of(
                                                "PATH",
                                                "/nowhere",
                                                "STOKER_JAVA_OPTS",
                                                "-XX:AOTMode=on -Xlog:class+load:stdout"),
                                        stoker,
                                        "--version")
                                .output())
                .contains("dev.stoker.Main source: shared objects file");
    }

    private static Path only(Path parent, String ending) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            List<Path> found =
                    files.filter(file -> file.getFileName().toString().endsWith(ending)).toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    private Result run(Path where, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(where.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " did not end");
        }
        return new Result(process.exitValue(), Files.readString(output));
    }
}
