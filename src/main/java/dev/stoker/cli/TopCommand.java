package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.machine.MachineWatch;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Judge;
import dev.stoker.rules.Thresholds;
import dev.stoker.tui.OneScreen;
import dev.stoker.tui.Top;
import dev.stoker.tui.feed.Feed;
import dev.stoker.tui.feed.Replay;
import dev.stoker.tui.feed.Update;
import dev.stoker.tui.screen.ColourDepth;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Paint;
import dev.stoker.tui.screen.Theme;
import dev.stoker.tui.term.Tty;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** {@code stoker top}: the live screen. Used by one thread. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = {
            "Watch GPUs, models, processes, servers and the host on one live screen.",
            "",
            "Its keys are shown at its bottom; ? explains them all."
        },
        footer = {
            "",
            "Examples:",
            "  stoker top --interval 0.5",
            "  stoker top --once",
            "  stoker top --record night.jsonl",
            "  stoker top --replay night.jsonl",
            "  stoker top --host http://box1:9114 --host http://box2:9114 --token-env STOKER_TOKEN"
        })
public final class TopCommand implements Callable<Integer> {
    /** Rates lie between two looks. */
    private static final Duration BETWEEN = Duration.ofMillis(500);

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final int NARROWEST = 40;
    private static final int USUAL_COLUMNS = 80;

    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private RulesOptions rules = new RulesOptions();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Look every so many seconds, 0.1 to 60. Default: ${DEFAULT-VALUE}.")
    private double interval;

    @Option(names = "--once", description = "Print one screen and end; works in pipes too.")
    private boolean once;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write every sample down, a line of JSON each, for --replay.")
    private @Nullable String record;

    @Option(
            names = "--record-limit",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            description = "How large that file may become. Default: ${DEFAULT-VALUE}.")
    private String recordLimit = "1GiB";

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description = "Show a recording: space plays, the arrows step, [ and ] set the speed.")
    private @Nullable String replay;

    @Option(
            names = "--host",
            paramLabel = "URL",
            description = "Watch the machine of another Stoker (stoker serve); repeatable.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--token-env",
            paramLabel = "NAME",
            description = "The environment variable that holds the token of these hosts.")
    private @Nullable String tokenEnv;

    @Option(names = "--readonly", description = "Never end a process.")
    private boolean readOnly;

    @Option(
            names = "--theme",
            paramLabel = "NAME",
            defaultValue = "dark",
            description = "dark, light, colour-blind or mono. Default: ${DEFAULT-VALUE}.")
    private String theme = "dark";

    @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
    private boolean noColor;

    private final MachineWatcher machines;
    private final Map<String, String> env;
    private final Clock clock;

    public TopCommand(MachineWatcher machines, Map<String, String> env, Clock clock) {
        this.machines = machines;
        this.env = env;
        this.clock = clock;
    }

    /** Does all that a start of this command does, on no terminal. */
    public static void rehearse(MachineWatch machine, Clock clock) {
        Judge judge = new Judge(Thresholds.usual());
        try (machine) {
            MachineCourse course = new MachineCourse();
            List<Update> news = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Moment moment = course.next(machine.look(FIRST));
                news.add(new Update(Optional.of(moment), judge.judge(moment), "live", "", false));
            }
            Top.rehearse(
                    news,
                    new Top.Settings(
                            Theme.DARK,
                            ColourDepth.TRUE,
                            new Glyphs(true),
                            ZoneId.systemDefault(),
                            "",
                            "",
                            Optional.empty()),
                    clock);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Integer call() {
        TopSources sources = sources();
        if (once) {
            return printed(sources.judges().get()).number();
        }
        if (!Terminal.detect(env, noColor).outIsTerminal()
                || env.getOrDefault("TERM", "dumb").equals("dumb")) {
            throw noTerminal("standard output is none, or TERM says that it can't be drawn on");
        }
        if (replay != null) {
            var feed = sources.replay(replay);
            return show(List.of(feed), Optional.of(feed), "A recording is only looked at.")
                    .number();
        }
        if (!hosts.isEmpty()) {
            return show(
                            sources.remote(hosts, Optional.ofNullable(tokenEnv)),
                            Optional.empty(),
                            "Processes of other machines can't be ended from here.")
                    .number();
        }
        Feed live = sources.live(this::open, Optional.ofNullable(record), Bytes.parse(recordLimit));
        return show(
                        List.of(live),
                        Optional.empty(),
                        readOnly ? "Processes can't be ended: --readonly was given." : "")
                .number();
    }

    private TopSources sources() {
        if (!(interval >= 0.1 && interval <= 60)) {
            throw UserError.wrongUse(
                    "--interval takes seconds from 0.1 to 60, but got " + interval + ".", "");
        }
        if (Theme.named(theme).isEmpty()) {
            throw UserError.wrongUse(
                    "There is no theme '" + Text.plain(theme, 60) + "'.",
                    "Choose dark, light, colour-blind or mono.");
        }
        int ways = (replay == null ? 0 : 1) + (hosts.isEmpty() ? 0 : 1) + (once ? 1 : 0);
        if (ways > 1 || (record != null && ways > 0)) {
            throw UserError.wrongUse(
                    "--once, --replay, --host and --record exclude each other.",
                    "Choose one of them.");
        }
        if (tokenEnv != null && hosts.isEmpty()) {
            throw UserError.wrongUse(
                    "--token-env names the token of other hosts, and there is no --host.",
                    "Add --host URL, or use --api-key-env for servers of this machine.");
        }
        Thresholds thresholds = rules.thresholds(env);
        return new TopSources(
                () -> new Judge(thresholds)::judge,
                env,
                Duration.ofNanos(Math.round(interval * 1e9)),
                clock);
    }

    private MachineWatch open() {
        return machines.open(
                new MachineWatcher.Wanted(
                        server.servers, Optional.ofNullable(server.apiKeyEnv), false, true));
    }

    private ExitCode printed(Function<Moment, List<Alert>> judge) {
        Terminal terminal = Terminal.detect(env, noColor);
        int columns =
                terminal.outIsTerminal() || env.containsKey("COLUMNS")
                        ? Math.max(NARROWEST, terminal.columns())
                        : USUAL_COLUMNS;
        Top.Settings settings = settings(!terminal.colour(), "");
        OneScreen screen = new OneScreen(TopSources.thisHost(), clock);
        try (MachineWatch machine = open()) {
            MachineCourse course = new MachineCourse();
            for (int i = 0; i < 2; i++) {
                if (i > 0) {
                    clock.sleep(BETWEEN);
                }
                Moment moment = course.next(machine.look(FIRST));
                screen.take(new Update(Optional.of(moment), judge.apply(moment), "now", "", false));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
        PrintWriter out = spec.commandLine().getOut();
        screen.lines(
                        columns,
                        settings,
                        new Paint(settings.theme(), settings.depth()),
                        settings.depth() != ColourDepth.NONE)
                .forEach(out::println);
        out.flush();
        return ExitCode.DONE;
    }

    private Top.Settings settings(boolean plain, String mayNotKill) {
        return new Top.Settings(
                Theme.named(theme).orElse(Theme.DARK),
                ColourDepth.of(env, plain),
                Glyphs.of(env),
                ZoneId.systemDefault(),
                System.getProperty("user.name", ""),
                mayNotKill,
                launcher());
    }

    /** The launcher of the source tree and of the distribution names itself. */
    private Optional<Long> launcher() {
        String pid = env.getOrDefault("STOKER_LAUNCHER", "");
        return pid.matches("[0-9]{1,10}") ? Optional.of(Long.parseLong(pid)) : Optional.empty();
    }

    private ExitCode show(List<? extends Feed> feeds, Optional<Replay> player, String mayNotKill) {
        try (Interrupts interrupts = new Interrupts();
                Tty tty = Tty.find()) {
            Top top =
                    new Top(tty, List.copyOf(feeds), player, settings(noColor, mayNotKill), clock);
            interrupts.cancellation().onCancel(top::stop);
            top.run();
            return interrupts.cancellation().isCancelled() ? ExitCode.INTERRUPTED : ExitCode.DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        } catch (IOException e) {
            throw noTerminal(String.valueOf(e.getMessage()));
        }
    }

    private static UserError noTerminal(String why) {
        return UserError.wrongUse(
                "There is no terminal to draw on: " + Text.plain(why, 200) + ".",
                "Use stoker top --once, which prints one screen, or stoker gpu --watch 1.");
    }
}
