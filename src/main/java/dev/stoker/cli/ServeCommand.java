package dev.stoker.cli;

import dev.stoker.alert.Alerter;
import dev.stoker.alert.Outlet;
import dev.stoker.alert.StateFile;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.metrics.Exporter;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Judge;
import dev.stoker.rules.Thresholds;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;
import dev.stoker.web.Body;
import dev.stoker.web.Feed;
import dev.stoker.web.Gate;
import dev.stoker.web.Sampling;
import dev.stoker.web.WebServer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code stoker serve}: looks at this machine again and again, and serves what it sees to
 * Prometheus and to other Stokers until it is ended. Used by one thread.
 */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Serve this machine's GPUs, models and servers to Prometheus and other programs.",
            "",
            "/metrics is for Prometheus, /api/samples sends each sample as it comes, /healthz says"
                    + " whether all is well. Ctrl-C or SIGTERM ends it, with exit code 0."
        },
        footer = {
            "",
            "Examples:",
            "  stoker serve",
            "  stoker serve --listen 0.0.0.0 --token-file /etc/stoker/token",
            "  curl -s localhost:9114/metrics | grep stoker_gpu_memory_used_bytes"
        })
public final class ServeCommand implements Callable<Integer> {
    private static final double SHORTEST_SECONDS = 0.2;
    private static final double LONGEST_SECONDS = 300;
    private static final Duration FOLLOWED = Duration.ofSeconds(1);

    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private ListenOptions listen = new ListenOptions();
    @Mixin private RulesOptions rules = new RulesOptions();
    @Mixin private AlertOptions alerting = new AlertOptions();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description =
                    "Time between looks at the machine, and a second at most while somebody"
                            + " follows /api/samples. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5")
    private double interval = 5;

    @Option(
            names = "--warm",
            paramLabel = "FILE",
            description =
                    "Keep the models of this YAML file ready, as 'stoker warm --watch' does every"
                            + " 30 s.")
    private @Nullable Path warm;

    @Option(
            names = "--compat",
            paramLabel = "NAMES",
            description =
                    "Show series under the names of another exporter too: dcgm, for dashboards"
                            + " made for NVIDIA's.")
    private List<String> compat = List.of();

    @Option(
            names = "--llama-metrics",
            description =
                    "Ask llama-servers for /metrics too, for their counters. Each time sets two of"
                            + " their gauges back for everybody else who reads them.")
    private boolean llamaMetrics;

    @Option(
            names = {"-q", "--quiet"},
            description = "No remarks: only errors.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show the stack trace of an error.")
    private boolean verbose;

    private final MachineWatcher machines;
    private final Map<String, String> env;
    private final Clock clock;

    public ServeCommand(MachineWatcher machines, Map<String, String> env, Clock clock) {
        this.machines = machines;
        this.env = env;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        if (!(interval >= SHORTEST_SECONDS && interval <= LONGEST_SECONDS)) {
            throw UserError.wrongUse(
                    "--interval takes seconds from 0.2 to 300, but got " + interval + ".", "");
        }
        for (String name : compat) {
            if (!name.equals("dcgm")) {
                throw UserError.wrongUse(
                        "--compat knows 'dcgm', but got '" + Text.plain(name, 60) + "'.", "");
            }
        }
        InetSocketAddress address = listen.address();
        Gate gate = listen.gate(address, env);
        Duration between = Duration.ofNanos(Math.round(interval * 1e9));
        MachineWatcher.Wanted wanted =
                new MachineWatcher.Wanted(
                        server.servers,
                        Optional.ofNullable(server.apiKeyEnv),
                        false,
                        true,
                        llamaMetrics);
        serve(wanted, address, gate, between);
        return ExitCode.DONE.number();
    }

    private void serve(
            MachineWatcher.Wanted wanted, InetSocketAddress address, Gate gate, Duration between) {
        Thresholds thresholds = rules.thresholds(env);
        Feed feed = new Feed(clock, patience(between));
        Exporter exporter =
                new Exporter(
                        new Exporter.Setting(
                                StokerVersion.text(), hostname(), !compat.isEmpty(), between));
        List<Outlet> outlets =
                alerting.outlets(clock, quiet ? Optional.empty() : Optional.of(this::say));
        StateFile told = new StateFile(ResultsFolder.data(env).resolve("alerts-serve.json"));
        try (Interrupts interrupts = new Interrupts(ExitCode.DONE);
                Alerter alerter = new Alerter(outlets, alerting.least(), told, clock, this::say);
                WebServer web =
                        WebServer.start(
                                address,
                                gate,
                                feed,
                                accept -> body(exporter.page(accept, feed.trouble().isPresent())),
                                clock);
                MachineWatch machine = machines.open(wanted);
                @Nullable WarmBeside _ = warm(exporter)) {
            announce(web);
            Thread caller = Thread.currentThread();
            try (var _ = interrupts.cancellation().onCancel(caller::interrupt)) {
                new Sampling(
                                machine::look,
                                () -> web.isFollowed() ? shorter(between) : between,
                                clock,
                                new Round(thresholds, feed, exporter, web, alerter))
                        .run();
            }
        } catch (InterruptedException e) {
            // Ended, as is usual.
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    "Stoker can't listen on "
                            + ListenOptions.shown(address)
                            + ": "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".",
                    "Another program may listen there, perhaps another 'stoker serve': choose a"
                            + " port with --port.",
                    e);
        }
    }

    private @Nullable WarmBeside warm(Exporter exporter) {
        return warm == null
                ? null
                : new WarmBeside(
                        WarmCommand.desired(List.of(), warm),
                        server,
                        machines,
                        alerting,
                        quiet ? Optional.empty() : Optional.of(this::say),
                        env,
                        clock,
                        this::say,
                        exporter::takeWarm);
    }

    /** What is done with each sample. Used by one thread. */
    private final class Round implements Sampling.Listener {
        private final Feed feed;
        private final Exporter exporter;
        private final WebServer web;
        private final MachineCourse course = new MachineCourse();
        private final Judge judge;
        private final Alerter alerter;
        private boolean complained;

        Round(Thresholds thresholds, Feed feed, Exporter exporter, WebServer web, Alerter alerter) {
            this.alerter = alerter;
            this.judge = new Judge(thresholds);
            this.feed = feed;
            this.exporter = exporter;
            this.web = web;
        }

        @Override
        public void taken(MachineSample sample, Duration took) {
            Moment moment = course.next(sample);
            List<Alert> alerts = judge.judge(moment);
            exporter.take(moment, alerts, took);
            alerter.take(alerts.stream().map(AlertOptions::notice).toList());
            feed.publish(sample);
        }

        @Override
        public void broken(RuntimeException defect) {
            if (!complained) {
                complained = true;
                say(
                        "A look at the machine broke: "
                                + Text.plain(defect.toString())
                                + ". It is tried again.");
                if (verbose) {
                    defect.printStackTrace(spec.commandLine().getErr());
                }
            }
        }

        @Override
        public void rounded() {
            web.enforce();
        }
    }

    private static Body body(Exporter.Page page) {
        return new Body(200, page.contentType(), page.body());
    }

    /** Who follows wants to see what happens. */
    private static Duration shorter(Duration interval) {
        return interval.compareTo(FOLLOWED) > 0 ? FOLLOWED : interval;
    }

    /** Some looks may be slow; many that are missing are none. */
    private static Duration patience(Duration interval) {
        Duration five = interval.multipliedBy(5);
        Duration least = Duration.ofSeconds(15);
        return five.compareTo(least) > 0 ? five : least;
    }

    private synchronized void say(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("stoker: " + sentence);
        err.flush();
    }

    private void announce(WebServer web) {
        if (!quiet) {
            String url = "http://" + ListenOptions.shown(web.address());
            PrintWriter err = spec.commandLine().getErr();
            err.println("stoker: serving " + url + "/metrics; Ctrl-C ends it.");
            err.flush();
        }
    }

    private static String hostname() {
        try {
            return Text.plain(Files.readString(Path.of("/proc/sys/kernel/hostname")), 200);
        } catch (IOException e) {
            return "";
        }
    }
}
