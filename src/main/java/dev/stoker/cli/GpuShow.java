package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Judge;
import dev.stoker.rules.Thresholds;
import dev.stoker.watch.MachineCourse;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks at GPUs as was asked, once or again and again, and prints them. It knows nothing of options
 * and their parser, which take longer to start than all of this. Used by one thread.
 */
final class GpuShow {
    /** A driver without persistence mode takes seconds to wake each board. */
    private static final Duration FIRST = Duration.ofSeconds(10);

    private static final Duration LONGEST_LATER = Duration.ofSeconds(1);

    private final GpuRequest request;
    private final Map<String, String> env;
    private final Clock clock;
    private final PrintWriter out;
    private final PrintWriter err;

    GpuShow(
            GpuRequest request,
            Map<String, String> env,
            Clock clock,
            PrintWriter out,
            PrintWriter err) {
        this.request = request;
        this.env = env;
        this.clock = clock;
        this.out = out;
        this.err = err;
    }

    /** Prints samples in one way. */
    @FunctionalInterface
    private interface View {
        void print(MachineSample machine, List<GpuSample> shown, List<Alert> alerts);
    }

    ExitCode run(MachineWatcher machines) {
        Thresholds thresholds = RulesOptions.thresholds(request.rules(), env);
        try (MachineWatch machine =
                machines.open(
                        new MachineWatcher.Wanted(
                                request.servers(), request.apiKeyEnv(), request.pcie(), false))) {
            View view = view(thresholds); // While the drivers start.
            return run(machine, view, new Judge(thresholds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private ExitCode run(MachineWatch machine, View view, Judge judge) throws InterruptedException {
        MachineCourse course = new MachineCourse();
        boolean again = request.isRepeated();
        int most = request.count().orElse(Integer.MAX_VALUE);
        Duration interval = Duration.ofNanos(Math.round(request.watch().orElse(1.0) * 1e9));
        Duration patience = FIRST;
        ExitCode code = ExitCode.DONE;
        long next = clock.nanos();
        for (int i = 1; ; i++) {
            MachineSample sample = machine.look(patience);
            List<GpuSample> shown = chosen(sample);
            List<Alert> alerts = judge.judge(course.next(sample));
            view.print(sample, shown, ofThese(alerts, sample.gpus(), shown));
            out.flush();
            code = judged(sample, shown);
            if (!again || out.checkError() || i >= most) {
                return code;
            }
            patience = interval.compareTo(LONGEST_LATER) < 0 ? interval : LONGEST_LATER;
            next = Math.max(next + interval.toNanos(), clock.nanos());
            clock.sleep(Duration.ofNanos(next - clock.nanos()));
        }
    }

    /** Leaves out the alerts of GPUs that are not shown. */
    private static List<Alert> ofThese(
            List<Alert> alerts, List<GpuSample> all, List<GpuSample> shown) {
        List<String> hidden =
                all.stream()
                        .filter(gpu -> !shown.contains(gpu))
                        .map(gpu -> Integer.toString(gpu.device().index()))
                        .toList();
        return alerts.stream()
                .filter(alert -> !hidden.contains(alert.labels().getOrDefault("gpu", "")))
                .toList();
    }

    private static ExitCode judged(MachineSample sample, List<GpuSample> shown) {
        boolean bad =
                !sample.picture().troubles().isEmpty()
                        || shown.stream()
                                .anyMatch(gpu ->
                                        gpu.trouble().filter(GpuTrouble::isFault).isPresent());
        return bad ? ExitCode.BAD_ANSWER : ExitCode.DONE;
    }

    private View view(Thresholds thresholds) {
        if (request.json()) {
            boolean pretty = request.watch().isEmpty();
            return (machine, shown, alerts) ->
                    out.println(GpuJson.text(machine, shown, alerts, clock.now(), pretty));
        }
        if (request.csv()) {
            return titled(
                    List.of(GpuCsv.header()),
                    (machine, shown, _) -> shown.forEach(gpu -> out.println(GpuCsv.line(gpu))));
        }
        if (request.query().isPresent()) {
            GpuQuery asked = GpuQuery.parse(request.query().get(), request.format().orElse("csv"));
            return titled(
                    asked.header(),
                    (machine, shown, _) ->
                            asked.lines(machine.picture(), shown).forEach(out::println));
        }
        if (request.dmon()) {
            GpuScroll scroll = new GpuScroll();
            return (machine, shown, _) -> {
                scroll.lines(shown).forEach(out::println);
                complain(machine);
            };
        }
        return text(thresholds);
    }

    /** Titles come once, whatever the number of samples. Troubles of the driver go to the side. */
    private View titled(List<String> titles, View rows) {
        boolean[] begun = new boolean[1];
        return (machine, shown, alerts) -> {
            if (!begun[0]) {
                titles.forEach(out::println);
                begun[0] = true;
            }
            rows.print(machine, shown, alerts);
            complain(machine);
        };
    }

    private void complain(MachineSample machine) {
        if (!request.quiet()) {
            machine.picture().troubles().forEach(t -> err.println("stoker: " + t.text()));
            if (machine.gpus().isEmpty() && machine.picture().troubles().isEmpty()) {
                err.println("stoker: No GPU was found.");
            }
            err.flush();
        }
    }

    private View text(Thresholds thresholds) {
        Terminal terminal = Terminal.detect(env, request.noColour());
        GpuText text = new GpuText(terminal, thresholds);
        boolean redraw = request.watch().isPresent() && terminal.outIsTerminal();
        boolean[] begun = new boolean[1];
        return (machine, shown, alerts) -> {
            List<String> lines = text.lines(machine, shown, alerts);
            if (redraw) {
                // Home, each line over the old one, then what is left below: no flicker.
                out.print(begun[0] ? "\u001b[H" : "\u001b[H\u001b[2J");
                lines.forEach(line -> out.print(line + "\u001b[K\n"));
                out.print("\u001b[J");
            } else {
                if (begun[0]) {
                    out.println();
                }
                lines.forEach(out::println);
            }
            begun[0] = true;
        };
    }

    private List<GpuSample> chosen(MachineSample machine) {
        List<GpuSample> gpus = machine.gpus();
        boolean refused = gpus.isEmpty() && !machine.picture().troubles().isEmpty();
        if (request.ids().isEmpty() || refused) {
            return gpus; // That nothing can be looked at is the answer, whichever was asked for.
        }
        List<GpuSample> chosen = new ArrayList<>();
        for (String id : request.ids()) {
            List<GpuSample> found = gpus.stream().filter(gpu -> is(gpu.device(), id)).toList();
            if (found.isEmpty()) {
                throw UserError.wrongUse(
                        "There is no GPU '" + Text.plain(id, 60) + "'.",
                        gpus.isEmpty()
                                ? "No GPU was found on this machine."
                                : "There are 0 to " + (gpus.size() - 1) + ".");
            }
            found.stream().filter(gpu -> !chosen.contains(gpu)).forEach(chosen::add);
        }
        return chosen;
    }

    private static boolean is(GpuDevice device, String id) {
        String wanted = id.strip();
        if (wanted.matches("[0-9]{1,3}")) {
            return device.index() == Integer.parseInt(wanted);
        }
        return wanted.length() >= 4
                && Stream.of(device.uuid().orElse(""), device.pciBusId().orElse(""))
                        .anyMatch(text -> text.regionMatches(true, 0, wanted, 0, wanted.length()));
    }
}
