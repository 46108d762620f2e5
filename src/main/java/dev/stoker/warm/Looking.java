package dev.stoker.warm;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostSource;
import dev.stoker.machine.LaunchSettings;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Makes of a server's state what has to be seen of it to keep its models ready. Used by one thread.
 */
final class Looking {
    private static final String MOST_MODELS = "OLLAMA_MAX_LOADED_MODELS";

    private final HostSource host;
    private final Clock clock;
    private final Map<String, Optional<Map<String, Object>>> flags = new HashMap<>();
    private long pid;
    private String life = "";
    private OptionalInt mostModels = OptionalInt.empty();

    /**
     * @param host the server's host
     * @param clock for the times of what is seen
     */
    Looking(HostSource host, Clock clock) {
        this.host = host;
        this.clock = clock;
    }

    /**
     * @param loads whether the server loads models on request
     * @param aliases further names of listed models
     */
    Seen seen(ServerState state, boolean loads, Map<String, List<String>> aliases) {
        Instant now = clock.now();
        String why = state.health().reason();
        switch (state.health()) {
            case Health.Down(ServerFailure failure) -> {
                // Connected and silent, right after its start: it looks for GPUs.
                boolean silent = failure instanceof ServerFailure.Stalled;
                return Seen.without(now, silent ? Seen.Health.STARTING : Seen.Health.DOWN, why);
            }
            case Health.Unknown _, Health.Loading _ -> {
                return Seen.without(now, Seen.Health.STARTING, why);
            }
            case Health.Up _ -> {}
        }
        if (!state.models().isKnown()) {
            return Seen.without(now, Seen.Health.STARTING, state.models().reason());
        }
        boolean ollama =
                state.identity().map(ServerIdentity::kind).orElse(ServerKind.OPENAI)
                        == ServerKind.OLLAMA;
        List<SeenModel> models = new ArrayList<>();
        for (ModelState model : state.models().value()) {
            models.add(model(model, aliases.getOrDefault(model.name(), List.of()), ollama));
        }
        String process = life(state);
        return new Seen(
                now,
                Seen.Health.UP,
                "",
                process,
                models,
                whole(state.work().running()),
                mostModels(state),
                loads,
                gpus(state));
    }

    private Optional<Boolean> gpus(ServerState state) {
        boolean simulated =
                state.identity()
                        .map(ServerIdentity::simulated)
                        .orElse(Optional.empty())
                        .isPresent();
        return host.isLocal() && !simulated
                ? Optional.of(host.machine().gpu().isKnown())
                : Optional.empty();
    }

    /** Finding the process means looking through all of them: it is remembered while it lives. */
    private String life(ServerState state) {
        if (life.isEmpty() || !life.equals(process(pid))) {
            Reading<Long> found = host.listener(state.endpoint().port()).map(p -> p.pid());
            pid = found.orElse(0L);
            life = found.map(this::process).orElse("");
            mostModels = told(state);
            flags.clear();
        }
        return life;
    }

    private String process(long number) {
        return number + "@" + host.startMark(number).orElse(0);
    }

    private OptionalInt mostModels(ServerState state) {
        return state.settings().mostModels() instanceof Reading.Known<Long>(Long most) && most > 0
                ? OptionalInt.of((int) Math.min(most, 1000))
                : mostModels;
    }

    private OptionalInt told(ServerState state) {
        return LaunchSettings.of(state, host)
                .map(all ->
                        all.settings().stream()
                                .filter(s -> s.name().equals(MOST_MODELS) && s.isSet())
                                .map(s -> positive(s.value()))
                                .findFirst()
                                .orElse(OptionalInt.empty()))
                .orElse(OptionalInt.empty());
    }

    private static OptionalInt positive(String text) {
        try {
            int n = Integer.parseInt(text.strip());
            return n > 0 ? OptionalInt.of(n) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private SeenModel model(ModelState model, List<String> aliases, boolean ollama) {
        List<String> names = new ArrayList<>(model.otherNames());
        names.addAll(aliases);
        String runner = model.runnerPid().map(this::process).orElse("");
        Optional<Map<String, Object>> options =
                ollama && model.runnerPid().isKnown()
                        ? flags.computeIfAbsent(
                                runner,
                                _ ->
                                        host.launch(model.runnerPid().value())
                                                .map(l -> Optional.of(RunnerFlags.of(l)))
                                                .orElse(Optional.empty()))
                        : Optional.empty();
        return new SeenModel(
                model.name(),
                names,
                condition(model.condition()),
                model.total(),
                model.onGpu(),
                whole(model.contextLength()),
                model.expiresAt().map(Optional::of).orElse(Optional.empty()),
                runner,
                options,
                whole(model.work().running()));
    }

    private static SeenModel.Condition condition(ModelCondition condition) {
        return switch (condition) {
            case ModelCondition.Loaded _ -> SeenModel.Condition.LOADED;
            case ModelCondition.Loading _ -> SeenModel.Condition.LOADING;
            case ModelCondition.Sleeping _ -> SeenModel.Condition.ASLEEP;
            case ModelCondition.Failed _ -> SeenModel.Condition.FAILED;
            case ModelCondition.RunnerGone _ -> SeenModel.Condition.RUNNER_GONE;
            case ModelCondition.Silent _ -> SeenModel.Condition.SILENT;
        };
    }

    private static OptionalLong whole(Reading<Long> reading) {
        return reading.isKnown() ? OptionalLong.of(reading.value()) : OptionalLong.empty();
    }
}
