package dev.stoker.explain;

import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.LogAccount;
import dev.stoker.explain.log.LogSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Accounts of logs, for tests. */
public final class Logs {
    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

    private Logs() {}

    /** Returns the path of a captured log: {@code ollama-0.33.0/log/evict-max1.log}. */
    public static Path captured(String name) {
        return FIXTURES.resolve(name);
    }

    public static Attribution ofOllama(String name) {
        return of(LogSource.file(captured("ollama-0.33.0/log/" + name + ".log")));
    }

    public static Attribution ofLlamaServer(String name) {
        return of(LogSource.file(captured("llama-server-b10434/log/" + name + ".log")));
    }

    public static Attribution of(String text) {
        return of(stream(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static Attribution of(LogSource source) {
        LogAccount account = new LogAccount();
        source.read(account);
        return account.attribution();
    }

    public static LogSource stream(byte[] bytes) {
        return LogSource.stream("a test", new ByteArrayInputStream(bytes));
    }
}
