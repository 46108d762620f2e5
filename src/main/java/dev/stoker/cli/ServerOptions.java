package dev.stoker.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/** The options of every command that speaks to a server. Filled by picocli. */
final class ServerOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = {
                "The server, such as http://127.0.0.1:11434. Without it: OLLAMA_HOST, else what"
                        + " answers on localhost port 11434, 8080, 9931, 8000 or 1234."
            })
    List<String> servers = new ArrayList<>();

    @Option(
            names = "--api-key-env",
            paramLabel = "NAME",
            description = "The environment variable that holds the server's API key.")
    @Nullable String apiKeyEnv;
}
