package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchListener;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.PlannedModel;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The line that tells a person what a benchmark is doing: which model, which step, how many chunks
 * of text, and how long it may still take. On a terminal only; warnings are printed everywhere.
 * Thread-safe.
 */
final class BenchProgress implements BenchListener, AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintWriter err;
    private final Terminal terminal;
    private final boolean quiet;
    private final Clock clock;
    private final Map<String, Double> weights = new HashMap<>();
    private final Map<String, Integer> requests = new HashMap<>();
    private final double totalWeight;
    private final int requestsEach;
    private final long start;
    private String line = "";
    private double finished;
    private long lastDraw;
    private int chunks;
    private long chunksSince;
    private boolean drawn;

    BenchProgress(
            PrintWriter err,
            Terminal terminal,
            boolean quiet,
            Clock clock,
            BenchPlan plan,
            int requestsEach) {
        this.err = err;
        this.terminal = terminal;
        this.quiet = quiet;
        this.clock = clock;
        this.requestsEach = Math.max(1, requestsEach);
        double sum = 0;
        for (PlannedModel model : plan.toRun()) {
            double weight = model.expectedTime().toMillis() + 1.0;
            weights.put(model.name(), weight);
            sum += weight;
        }
        totalWeight = Math.max(1, sum);
        start = clock.nanos();
    }

    @Override
    public synchronized void step(int index, int total, String model, String step) {
        line = "[%d/%d] %s · %s".formatted(index, total, ModelName.shown(model), step);
        chunks = 0;
        chunksSince = clock.nanos();
        draw(true);
    }

    @Override
    public synchronized void chunks(String model, int count) {
        if (chunks == 0 || count < chunks) {
            chunksSince = clock.nanos();
        }
        chunks = count;
        draw(false);
    }

    @Override
    public synchronized void event(BenchEvent event) {
        if (event instanceof BenchEvent.RequestEnded r && r.iteration() > 0) {
            requests.merge(r.model(), 1, Integer::sum);
        } else if (event instanceof BenchEvent.ModelEnded e) {
            finished += weights.getOrDefault(e.model(), 0.0);
            requests.remove(e.model());
        }
        draw(false);
    }

    @Override
    public void warning(String sentence) {
        say(terminal.paint(Terminal.Colour.WARNING, "! "), sentence);
    }

    @Override
    public void remark(String sentence) {
        say("  ", sentence);
    }

    private synchronized void say(String mark, String sentence) {
        erase();
        if (!quiet) {
            err.println(mark + Text.plain(sentence, 1000));
            err.flush();
        }
        draw(true);
    }

    private void draw(boolean now) {
        if (quiet || !terminal.errIsTerminal() || line.isEmpty()) {
            return;
        }
        long nanos = Clock.system().nanos();
        if (!now && nanos - lastDraw < REDRAW_NANOS) {
            return;
        }
        lastDraw = nanos;
        String text = line + stream() + left();
        int width = Math.min(terminal.columns() == 0 ? 80 : terminal.columns(), 160) - 1;
        err.print("\r\u001b[K" + (text.length() > width ? text.substring(0, width) : text));
        err.flush();
        drawn = true;
    }

    private String stream() {
        double seconds = (clock.nanos() - chunksSince) / 1e9;
        return chunks < 2 || seconds < 0.2
                ? ""
                : " · %d chunks, %s/s".formatted(chunks, Numbers.figure((chunks - 1) / seconds));
    }

    private String left() {
        double done = finished;
        for (Map.Entry<String, Integer> e : requests.entrySet()) {
            double share = Math.min(1, e.getValue() / (double) requestsEach);
            done += share * weights.getOrDefault(e.getKey(), 0.0);
        }
        double share = Math.min(1, done / totalWeight);
        if (share < 0.02) {
            return "";
        }
        double elapsed = clock.nanos() - start;
        return " · about "
                + Numbers.time(Duration.ofNanos((long) (elapsed * (1 - share) / share)))
                + " left";
    }

    private void erase() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }

    @Override
    public synchronized void close() {
        line = "";
        erase();
    }
}
