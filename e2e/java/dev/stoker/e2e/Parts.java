package dev.stoker.e2e;

import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The real servers and models that {@code e2e/install-servers} left in the cache folder.
 *
 * <p>A test asks for what it needs. A part that is not there ends that test with one line that
 * names it: as a skip on a user's machine, as a failure where {@code CI=true}, so that a green CI
 * run always means that the real servers were there. The list is read anew at every question, so a
 * part installed meanwhile is found. Safe for any thread.
 *
 * <p>Source: {@code parts.env}, one {@code KEY=VALUE} a line.
 */
final class Parts {
    static final String LLAMA_SERVER = "LLAMA_SERVER_BIN";
    static final String LLAMA_SERVER_LIBRARIES = "LLAMA_SERVER_LIB";
    static final String RPC_SERVER = "RPC_SERVER_BIN";
    static final String MODEL_SMOLLM2 = "MODEL_SMOLLM2";
    static final String MODEL_GEMMA3 = "MODEL_GEMMA3";
    static final String OLLAMA = "OLLAMA_BIN";
    static final String OLLAMA_MODELS = "OLLAMA_MODELS_TEMPLATE";
    static final String OLLAMA_BROKEN_MODEL = "OLLAMA_MODELS_BROKEN";
    static final String PROMETHEUS = "PROMETHEUS_BIN";
    static final String PROMTOOL = "PROMTOOL_BIN";

    /** The parts already named as missing, so that each is named in one line only. */
    private static final Set<String> NAMED = ConcurrentHashMap.newKeySet();

    private Parts() {}

    /** The path of a part; ends the test where the part is missing. */
    static Path require(String part) {
        Path list = home().resolve("parts.env");
        String path = readList(list).get(part);
        if (path != null && Files.exists(Path.of(path))) {
            return Path.of(path);
        }
        String why = "missing part " + part + " (looked in " + list + "): run e2e/install-servers";
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionFailedError(why);
        }
        if (NAMED.add(part)) {
            System.err.println("tests skipped: " + why);
        }
        throw new TestAbortedException(why);
    }

    /** The cache folder, found by the rule of the install script. */
    static Path home() {
        String chosen = System.getenv("STOKER_E2E_HOME");
        if (chosen != null && !chosen.isEmpty()) {
            return Path.of(chosen).toAbsolutePath();
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache != null && !cache.isEmpty()
                        ? Path.of(cache)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("stoker").resolve("e2e").toAbsolutePath();
    }

    private static Map<String, String> readList(Path list) {
        Map<String, String> parts = new LinkedHashMap<>();
        if (!Files.isRegularFile(list)) {
            return parts;
        }
        try {
            for (String line : Files.readAllLines(list)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    parts.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + list, e);
        }
        return parts;
    }
}
