package dev.stoker.cli;

import dev.stoker.alert.Severity;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.machine.LaunchSettings;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Judge;
import dev.stoker.rules.RulesFile;
import dev.stoker.rules.Thresholds;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.MemoryBudget;
import dev.stoker.watch.Moment;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code stoker status}: servers, models, GPUs, memory, settings and what is wrong, on one screen.
 * Where requests run, or a server is slow to say who it is, it looks twice. Used by one thread.
 */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show servers, models, GPUs, memory, settings, and what is wrong, on one screen.",
            "",
            "Looking changes nothing: no model is loaded or woken, no counter is reset.",
            "Exit code 1 when something critical is found or a named server does not work, 3 when"
                    + " no named server can be reached."
        },
        footer = {
            "",
            "Examples:",
            "  stoker status",
            "  stoker status --server http://box:11434",
            "  stoker status --json | jq '.alerts[] | select(.severity == \"critical\")'",
            "  stoker status --show-rules > ~/.config/stoker/rules.yaml"
        })
public final class StatusCommand implements Callable<Integer> {
    /** A driver without persistence mode takes seconds to wake each board. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Between two looks, where something runs: tokens have come, and a second is not over. */
    private static final Duration BETWEEN = Duration.ofMillis(300);

    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private RulesOptions rules = new RulesOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--show-rules",
            description = "Print the rules in force as YAML, to begin an own file with.")
    private boolean showRules;

    private final MachineWatcher machines;
    private final Map<String, String> env;
    private final Clock clock;

    public StatusCommand(MachineWatcher machines, Map<String, String> env, Clock clock) {
        this.machines = machines;
        this.env = env;
        this.clock = clock;
    }

    /** Does all that a start of this command does, and prints nothing. */
    public static void rehearse(MachineWatch machine) {
        try (machine) {
            Moment now = new MachineCourse().next(machine.look(PATIENCE));
            Judge judge = new Judge(Thresholds.usual());
            MachineStatus status =
                    new MachineStatus(
                            now,
                            MemoryBudget.of(now),
                            judge.judge(now),
                            judge.thresholds(),
                            List.of(),
                            false,
                            Map.of());
            new StatusText(new Terminal(true, true, true, 80, true)).lines(status);
            Json.pretty(StatusJson.of(status));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Integer call() {
        if (output.json && output.csv) {
            throw UserError.wrongUse("--json and --csv exclude each other.", "Choose one of them.");
        }
        Thresholds thresholds = rules.thresholds(env);
        PrintWriter out = spec.commandLine().getOut();
        if (showRules) {
            out.print(RulesFile.write(thresholds));
            out.flush();
            return ExitCode.DONE.number();
        }
        MachineWatcher.Wanted wanted =
                new MachineWatcher.Wanted(
                        server.servers, Optional.ofNullable(server.apiKeyEnv), false, true);
        try (MachineWatch machine = machines.open(wanted)) {
            MachineStatus status = look(machine, thresholds);
            print(status, out);
            out.flush();
            return judged(status).number();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED.number();
        }
    }

    private MachineStatus look(MachineWatch machine, Thresholds thresholds)
            throws InterruptedException {
        MachineCourse course = new MachineCourse();
        Judge judge = new Judge(thresholds);
        MachineSample first = machine.look(PATIENCE);
        Moment now = course.next(first);
        List<Alert> alerts = judge.judge(now);
        if (first.servers().stream().anyMatch(StatusCommand::needsTime)) {
            clock.sleep(BETWEEN);
            now = course.next(machine.look(PATIENCE));
            alerts = judge.judge(now);
        }
        Map<Endpoint, Reading<LaunchSettings>> settings = new HashMap<>();
        for (ServerState state : now.machine().servers()) {
            settings.put(
                    state.endpoint(),
                    state.health() instanceof Health.Down
                            ? Reading.failed("the server does not answer")
                            : LaunchSettings.of(state, machines.hostOf(state.endpoint())));
        }
        return new MachineStatus(
                now,
                MemoryBudget.of(now),
                alerts,
                thresholds,
                Discovery.addresses(server.servers, env),
                !server.servers.isEmpty(),
                settings);
    }

    /** Requests run, so that their speed can be told; or it was not found out yet who answers. */
    private static boolean needsTime(ServerState state) {
        return state.health() instanceof Health.Unknown
                || state.work().running().orElse(0L) > 0
                || state.models().orElse(List.of()).stream()
                        .anyMatch(model -> model.work().running().orElse(0L) > 0);
    }

    private void print(MachineStatus status, PrintWriter out) {
        if (output.json) {
            out.println(Json.pretty(StatusJson.of(status)));
        } else if (output.csv) {
            StatusCsv.lines(status).forEach(out::println);
        } else {
            Terminal terminal = Terminal.detect(env, output.noColor);
            new StatusText(terminal).lines(status).forEach(out::println);
        }
    }

    private static ExitCode judged(MachineStatus status) {
        List<ServerState> servers = status.servers();
        if (status.named()
                && !servers.isEmpty()
                && servers.stream().allMatch(s -> s.health() instanceof Health.Down)) {
            return ExitCode.SERVER_FAILED;
        }
        boolean named =
                status.named()
                        && servers.stream()
                                .anyMatch(s ->
                                        s.health() instanceof Health.Down
                                                || s.health() instanceof Health.Unknown);
        boolean critical =
                status.alerts().stream().anyMatch(a -> a.severity() == Severity.CRITICAL);
        return named || critical ? ExitCode.BAD_ANSWER : ExitCode.DONE;
    }
}
