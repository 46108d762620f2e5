package dev.stoker.suite.code;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;
import dev.stoker.json.Json;
import dev.stoker.suite.check.CodeCheck;
import dev.stoker.suite.check.Means.CodeRun;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs a Python function that a model wrote, in a process of its own: ten seconds, 512 MiB, small
 * files, an empty environment, a folder that is deleted, and, where the host allows a new
 * namespace, without network and with its own table of processes, so that nothing outlives it.
 * Elsewhere its process group is ended, and the result says that the network was open. Thread-safe.
 */
public final class Sandbox {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
    private static final int LONGEST = 200;

    /** Files of a kibibyte each, address space in kibibytes, seconds of CPU. */
    private static final String LIMITS =
            "ulimit -c 0 && ulimit -f 4096 && ulimit -v 524288 && ulimit -t 10 && ulimit -n 64";

    private final CommandRunner commands;
    private final Cancellation cancellation;
    private Optional<Lock> lock = Optional.empty();

    public Sandbox(CommandRunner commands, Cancellation cancellation) {
        this.commands = commands;
        this.cancellation = cancellation;
    }

    /**
     * What can be used here.
     *
     * @param missing why nothing can be run; empty if it can
     * @param prefix the command that makes the namespace
     * @param how in words
     */
    private record Lock(String missing, List<String> prefix, String how) {}

    /** Runs a function with each of a check's cases; never throws for what the code does. */
    public CodeRun run(CodeCheck check, String code) {
        Lock here = lock();
        if (!here.missing().isEmpty()) {
            return new CodeRun.NotRun(here.missing());
        }
        Path folder;
        try {
            folder = Files.createTempDirectory("stoker-code");
        } catch (IOException e) {
            return new CodeRun.NotRun("no temporary folder could be made");
        }
        try {
            return run(check, code, folder, here);
        } catch (IOException e) {
            return new CodeRun.NotRun("the temporary folder could not be written");
        } finally {
            delete(folder);
        }
    }

    private CodeRun run(CodeCheck check, String code, Path folder, Lock here) throws IOException {
        String mark =
                "stoker-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Files.writeString(folder.resolve("answer.py"), code);
        Files.writeString(folder.resolve("cases.json"), Json.write(cases(check, mark)));
        Files.writeString(folder.resolve("harness.py"), harness());
        List<String> command = new ArrayList<>(here.prefix());
        command.addAll(
                List.of(
                        "env",
                        "-i",
                        "PATH=/usr/local/bin:/usr/bin:/bin",
                        "HOME=" + folder,
                        "sh",
                        "-c",
                        LIMITS + " && cd \"$0\" && python3 -I -B harness.py </dev/null; kill -9 0",
                        folder.toString()));
        CommandEnd end = commands.run(command, LIMIT, cancellation);
        return switch (end) {
            case CommandEnd.NotStarted n -> new CodeRun.NotRun(n.reason());
            case CommandEnd.Cancelled _ -> new CodeRun.NotRun("the run was stopped");
            case CommandEnd.TimedOut t ->
                    new CodeRun.Broke(
                            "it did not end within " + LIMIT.toSeconds() + " seconds", here.how());
            case CommandEnd.Finished f -> results(f.output(), mark, here.how());
        };
    }

    private static ObjectNode cases(CodeCheck check, String mark) {
        ObjectNode all = Json.object().put("mark", mark).put("function", check.function());
        ArrayNode list = all.putArray("arguments");
        check.cases().forEach(c -> list.add(c.arguments()));
        return all;
    }

    private static CodeRun results(String output, String mark, String how) {
        List<Reading<String>> results = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (!line.startsWith(mark)) {
                continue;
            }
            JsonNode node = Json.parse(line.substring(mark.length())).orElse(Json.object());
            if (node.has("broke")) {
                return new CodeRun.Broke(cut(node.path("broke").asString("")), how);
            }
            results.add(
                    node.has("result")
                            ? Reading.known(Json.write(node.path("result")))
                            : Reading.failed(cut(node.path("error").asString("no result"))));
        }
        return results.isEmpty()
                ? new CodeRun.Broke(
                        "it ended before the first call, as it does beyond its limits of memory"
                                + " and time",
                        how)
                : new CodeRun.Ran(results, how);
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    private synchronized Lock lock() {
        if (lock.isEmpty()) {
            lock = Optional.of(look());
        }
        return lock.get();
    }

    private Lock look() {
        if (!works("setsid", "true")) {
            return new Lock("code is not run without setsid, which ends it whole", List.of(), "");
        }
        if (!works("python3", "-c", "")) {
            return new Lock("there is no python3 on the PATH", List.of(), "");
        }
        if (!works("sh", "-c", LIMITS)) {
            return new Lock("this host's shell can not set limits", List.of(), "");
        }
        for (List<String> prefix :
                List.of(
                        List.of("unshare", "-n", "-p", "-f", "--kill-child"),
                        List.of("unshare", "-r", "-n", "-p", "-f", "--kill-child"))) {
            List<String> probe = new ArrayList<>(prefix);
            probe.add("true");
            if (works(probe.toArray(String[]::new))) {
                return new Lock("", prefix, "run without network");
            }
        }
        return new Lock("", List.of(), "run, with the network open: this host allows no namespace");
    }

    private boolean works(String... command) {
        return commands.run(List.of(command), PROBE_LIMIT, cancellation).succeeded();
    }

    private static String harness() {
        try (InputStream in = Sandbox.class.getResourceAsStream("harness.py")) {
            if (in == null) {
                throw new IllegalStateException("the harness is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                                throws IOException {
                            Files.delete(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // Something in it may not be deleted: it is in /tmp.
        }
    }
}
