package dev.stoker.tui.feed;

import dev.stoker.base.Clock;
import dev.stoker.machine.MachineSample;
import dev.stoker.rules.Alert;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plays a recording in the time in which it was made, or faster. To go back, it tells again what
 * came before that place, so that graphs and events are those of then.
 */
public final class ReplayFeed implements Feed, Replay {
    private static final double[] SPEEDS = {0.25, 0.5, 1, 2, 4, 8, 16, 32, 64};
    private static final int USUAL = 2;

    /** What is told again before a place that is jumped to. */
    private static final int BEFORE = 300;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final String host;
    private final Recording recording;
    private final Supplier<Function<Moment, List<Alert>>> judges;
    private final Clock clock;
    private final Thread thread;
    private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private volatile Consumer<Update> sink = _ -> {};
    private volatile boolean closed;

    // What follows belongs to the feed's own thread.
    private MachineCourse course = new MachineCourse();
    private Function<Moment, List<Alert>> judge;
    private Optional<Moment> last = Optional.empty();
    private List<Alert> alerts = List.of();
    private boolean playing = true;
    private int speed = USUAL;
    private int place = -1;
    private boolean again = true;

    /** What a key asks for. */
    private record Command(int step, int speed, boolean toggle) {}

    /**
     * @param judges makes a judge of what is wrong; one for each time that is begun
     */
    public ReplayFeed(
            String host,
            Recording recording,
            Supplier<Function<Moment, List<Alert>>> judges,
            Clock clock) {
        this.host = host;
        this.recording = recording;
        this.judges = judges;
        this.judge = judges.get();
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("replay").unstarted(this::play);
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public void start(Consumer<Update> news) {
        sink = news;
        thread.start();
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void toggle() {
        commands.add(new Command(0, 0, true));
    }

    @Override
    public void step(int by) {
        commands.add(new Command(by, 0, false));
    }

    @Override
    public void speed(int by) {
        commands.add(new Command(0, by, false));
    }

    private void play() {
        try (recording) {
            while (!closed) {
                if (playing && place + 1 < recording.size()) {
                    long told = clock.nanos();
                    tell(++place);
                    waitFor(told);
                } else {
                    playing = false;
                    tellStatus();
                    obey(commands.take());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            sink.accept(
                    new Update(
                            Optional.empty(),
                            List.of(),
                            "stopped",
                            "The recording can't be read (" + e.getMessage() + ").",
                            false));
        }
    }

    /** Waits as long as lay between this sample and the next; commands are obeyed at once. */
    private void waitFor(long told) throws InterruptedException, IOException {
        while (playing && place + 1 < recording.size()) {
            Duration gap = gap();
            long left = told + (long) (gap.toNanos() / SPEEDS[speed]) - clock.nanos();
            if (left <= 0) {
                return;
            }
            @Nullable Command command = commands.poll(left, TimeUnit.NANOSECONDS);
            if (command == null) {
                return;
            }
            obey(command);
        }
    }

    private Duration gap() throws IOException {
        @Nullable MachineSample next = recording.sample(place + 1);
        if (next == null || last.isEmpty()) {
            return Duration.ZERO;
        }
        Duration gap = Duration.between(last.get().machine().time(), next.time());
        return gap.isNegative()
                ? Duration.ZERO
                : gap.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : gap;
    }

    private void obey(Command command) throws IOException {
        if (command.toggle()) {
            playing = !playing;
            if (playing && place + 1 >= recording.size()) {
                jump(0);
                playing = true;
            }
        }
        speed = Math.clamp((long) speed + command.speed(), 0, SPEEDS.length - 1);
        if (command.step() != 0) {
            playing = false;
            jump(Math.clamp((long) place + command.step(), 0, recording.size() - 1));
        }
        tellStatus();
    }

    private void jump(int to) throws IOException {
        if (to > place) {
            while (place < to) {
                tell(++place);
            }
            return;
        }
        course = new MachineCourse();
        judge = judges.get();
        again = true;
        for (place = Math.max(0, to - BEFORE); place < to; place++) {
            tell(place);
        }
        tell(place);
    }

    private void tell(int index) throws IOException {
        @Nullable MachineSample sample = recording.sample(index);
        if (sample == null) {
            return; // A broken line: the time before and after it is still worth seeing.
        }
        Moment moment = course.next(sample);
        last = Optional.of(moment);
        alerts = judge.apply(moment);
        sink.accept(new Update(last, alerts, status(), "", again));
        again = false;
    }

    /** Tells where it stands, without a sample. */
    private void tellStatus() {
        sink.accept(new Update(Optional.empty(), alerts, status(), "", false));
    }

    private String status() {
        return String.format(
                Locale.ROOT,
                "%s %d/%d ×%s",
                playing ? "replay" : "held",
                place + 1,
                recording.size(),
                SPEEDS[speed] < 1
                        ? Double.toString(SPEEDS[speed])
                        : Long.toString((long) SPEEDS[speed]));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
