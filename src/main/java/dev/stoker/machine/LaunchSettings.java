package dev.stoker.machine;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * With which settings that matter a server was started: variables and options, those that are set,
 * and of the others what holds without them. Immutable; texts are cleaned.
 *
 * <p>Source of the defaults: Ollama 0.33, llama-server b10434, vLLM 0.32; see {@code
 * docs/status.md}.
 *
 * @param settings the ones that are set first
 */
public record LaunchSettings(List<Setting> settings) {
    private static final int LONGEST = 120;

    /** Where files lie and what is logged says nothing of how models run. */
    private static final List<String> OF_NO_WEIGHT =
            List.of("OLLAMA_MODELS", "OLLAMA_DEBUG", "OLLAMA_NOPRUNE", "OLLAMA_NOHISTORY");

    private static final List<Option> OLLAMA =
            List.of(
                    new Option("5m", "OLLAMA_KEEP_ALIVE"),
                    new Option("1", "OLLAMA_NUM_PARALLEL"),
                    new Option("3 a GPU", "OLLAMA_MAX_LOADED_MODELS"),
                    new Option("by GPU memory", "OLLAMA_CONTEXT_LENGTH"),
                    new Option("auto", "OLLAMA_FLASH_ATTENTION"),
                    new Option("f16", "OLLAMA_KV_CACHE_TYPE"));

    private static final List<Option> LLAMA =
            List.of(
                    new Option("the model's", "-c", "--ctx-size"),
                    new Option("auto", "-np", "--parallel"),
                    new Option("auto", "-ngl", "--gpu-layers", "--n-gpu-layers"),
                    new Option("auto", "-fa", "--flash-attn"),
                    new Option("f16", "-ctk", "--cache-type-k"),
                    new Option("", "-ctv", "--cache-type-v"),
                    new Option("", "-sm", "--split-mode"),
                    new Option("", "-ts", "--tensor-split"),
                    new Option("", "-t", "--threads"),
                    new Option("", "--sleep-idle-seconds"),
                    new Option("", "--models-max"));

    private static final List<Option> VLLM =
            List.of(
                    new Option("0.9", "--gpu-memory-utilization"),
                    new Option("the model's", "--max-model-len"),
                    new Option("", "--max-num-seqs"),
                    new Option("1", "--tensor-parallel-size", "-tp"),
                    new Option("", "--quantization", "-q"),
                    new Option("", "--kv-cache-dtype"));

    public LaunchSettings {
        settings = List.copyOf(settings);
    }

    /**
     * One setting.
     *
     * @param name of the variable or the option
     * @param value what it is, or what holds without it
     * @param isSet whether it was given
     */
    public record Setting(String name, String value, boolean isSet) {}

    /**
     * A setting that is worth a word.
     *
     * @param without what holds where it is not given; empty where it is only worth a word if given
     * @param names the first is the one that is shown
     */
    private record Option(String without, String... names) {}

    /** Returns how a server was started, or why this machine can't know it. */
    public static Reading<LaunchSettings> of(ServerState server, HostSource host) {
        if (server.health() instanceof Health.Down || !server.identity().isKnown()) {
            return Reading.failed("the server does not answer");
        }
        ServerKind kind = server.identity().value().kind();
        if (server.identity().value().simulated().isPresent()) {
            return Reading.unsupported("a simulated server has no settings");
        }
        return switch (host.listener(server.endpoint().port())) {
            case Reading.Known<HostProcess>(var process) ->
                    switch (host.launch(process.pid())) {
                        case Reading.Known<Launch>(Launch launch) -> of(kind, launch);
                        case Reading.Unsupported<Launch>(String why) -> Reading.unsupported(why);
                        case Reading.Failed<Launch>(String why) -> Reading.failed(why);
                    };
            case Reading.Unsupported<HostProcess>(String why) -> Reading.unsupported(why);
            case Reading.Failed<HostProcess>(String why) -> Reading.failed(why);
        };
    }

    static Reading<LaunchSettings> of(ServerKind kind, Launch launch) {
        return switch (kind) {
            case OLLAMA -> launch.variables().map(LaunchSettings::ofOllama);
            case LLAMA_SERVER, LLAMA_ROUTER -> Reading.known(ofOptions(LLAMA, launch));
            case VLLM -> Reading.known(ofOptions(VLLM, launch));
            default -> Reading.known(ofOptions(List.of(), launch));
        };
    }

    private static LaunchSettings ofOllama(Map<String, String> variables) {
        Map<String, String> rest = new TreeMap<>(variables);
        OF_NO_WEIGHT.forEach(rest::remove);
        List<Setting> given = new ArrayList<>();
        List<Setting> without = new ArrayList<>();
        for (Option option : OLLAMA) {
            String value = rest.remove(option.names()[0]);
            if (value == null || value.isBlank()) {
                without.add(new Setting(option.names()[0], option.without(), false));
            } else {
                given.add(set(option.names()[0], value));
            }
        }
        rest.forEach((name, value) -> given.add(set(name, value)));
        given.addAll(without);
        return new LaunchSettings(given);
    }

    private static LaunchSettings ofOptions(List<Option> options, Launch launch) {
        List<Setting> given = new ArrayList<>();
        List<Setting> without = new ArrayList<>();
        for (Option option : options) {
            Optional<String> value = launch.option(option.names());
            if (value.isPresent()) {
                given.add(set(option.names()[0], value.get()));
            } else if (!option.without().isEmpty()) {
                without.add(new Setting(option.names()[0], option.without(), false));
            }
        }
        new TreeMap<>(launch.variables().orElse(Map.of()))
                .forEach((name, value) -> {
                    if (!name.startsWith("OLLAMA_")) {
                        given.add(set(name, value));
                    }
                });
        given.addAll(without);
        return new LaunchSettings(given);
    }

    private static Setting set(String name, String value) {
        return new Setting(Text.plain(name, LONGEST), Text.plain(value, LONGEST), true);
    }
}
